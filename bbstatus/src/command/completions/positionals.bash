# Positional arguments: their values, and after "--" the command that is run.
_bbstatus_positionals() {
    local cur="${COMP_WORDS[COMP_CWORD]}" command="" position=0 word i
    for ((i = 1; i < COMP_CWORD; i++)); do
        word="${COMP_WORDS[i]}"
        if [[ $word == -- ]]; then
            if declare -F _comp_command_offset >/dev/null; then
                _comp_command_offset $((i + 1))
            elif declare -F _command_offset >/dev/null; then
                _command_offset $((i + 1))
            elif ((i + 1 == COMP_CWORD)); then
                COMPREPLY=($(compgen -c -- "$cur"))
            else
                COMPREPLY=($(compgen -f -- "$cur"))
            fi
            return
        fi
        case " {options} " in
            *" $word "*)
                # Bash makes a word of its own of the "=" in --option=value.
                [[ ${COMP_WORDS[i + 1]} == "=" ]] && ((i++))
                ((i++))
                ((i >= COMP_CWORD)) && { _bbstatus "$@"; return; }
                ;;
            *)
                if [[ $word == -?* ]]; then
                    :
                elif [[ -z $command ]]; then
                    command="$word"
                else
                    ((position++))
                fi
                ;;
        esac
    done
    if [[ $cur == -* ]]; then
        _bbstatus "$@"
        return
    fi
    case "$command:$position" in
{cases}
        *) _bbstatus "$@" ;;
    esac
}

if [[ "${BASH_VERSINFO[0]}" -eq 4 && "${BASH_VERSINFO[1]}" -ge 4 || "${BASH_VERSINFO[0]}" -gt 4 ]]; then
    complete -F _bbstatus_positionals -o nosort -o bashdefault -o default bbstatus
else
    complete -F _bbstatus_positionals -o bashdefault -o default bbstatus
fi
