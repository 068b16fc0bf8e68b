//! Report the state of a build to Bitbucket Cloud.
