//! From samples to figures.

/// The median of the samples, or 0 without samples.
pub(crate) fn median(samples: impl IntoIterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = samples.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    let upper = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
    let lower = sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or_default();
    f64::midpoint(lower, upper)
}

/// The median of the ratios of two samples from the same round: a disturbance affects both.
pub(crate) fn paired_ratio(ours: &[f64], theirs: &[f64]) -> f64 {
    median(ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_near(actual: f64, expected: f64) {
        assert!((actual - expected).abs() < 1e-9, "expected {expected}, got {actual}");
    }

    #[test]
    fn the_median_is_the_middle_sample() {
        assert_near(median([3.0, 1.0, 200.0]), 3.0);
        assert_near(median([4.0, 1.0, 2.0, 100.0]), 3.0);
        assert_near(median([7.0]), 7.0);
        assert_near(median([]), 0.0);
    }

    #[test]
    fn a_slow_round_does_not_move_the_paired_ratio() {
        assert_near(paired_ratio(&[11.0, 110.0, 11.0], &[10.0, 100.0, 10.0]), 1.1);
    }
}
