# Positional arguments: their values, and after "--" the command that is run.
function __fish_bbstatus_is_at
    set -l words (commandline -opc)
    set -l command
    set -l position 0
    set -l is_value 0
    for word in $words[2..]
        if test $is_value = 1
            set is_value 0
        else if test "$word" = --
            test "$argv[1]" = --
            return
        else if contains -- $word {options}
            set is_value 1
        else if string match -q -- '-?*' $word
            continue
        else if test -z "$command"
            set command $word
        else
            set position (math $position + 1)
        end
    end
    test $is_value = 0; and test "$argv[1]" = "$command:$position"
end

function __fish_bbstatus_command
    set -l words (commandline -opc)
    set -l index (contains -i -- -- $words); or return
    set -l typed (commandline -ct)
    set -e words[1..$index]
    complete -C (string join -- ' ' (string escape -- $words) "$typed")
end

complete -c bbstatus -n "__fish_bbstatus_is_at --" -f -a "(__fish_bbstatus_command)"
{cases}
