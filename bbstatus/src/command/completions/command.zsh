# After "--", a command is completed as if it were typed alone.
(( $+functions[_bbstatus_command] )) ||
_bbstatus_command() {
    local -i separator=${words[(i)--]}
    if (( separator < CURRENT )); then
        shift $separator words
        (( CURRENT -= separator ))
        _normal
    fi
}

