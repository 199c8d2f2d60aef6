# SPDX-License-Identifier: Apache-2.0
# Completion of fett's commands for bash: options are those of --help, operands files.

_fett() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    case $before in
    -o | --output)
        COMPREPLY=($(compgen -W "$("$1" --help 2>/dev/null |
            sed -n 's/^  -o, --output FORMAT *//p' | tr -d ,)" -- "$word"))
        return
        ;;
    --source) # a list: the last name in it
        local list=${word%"${word##*,}"}
        COMPREPLY=($(compgen -P "$list" -W "$("$1" --help 2>/dev/null |
            sed -n 's/^ *--source LIST *//p' | tr -d ,)" -- "${word##*,}"))
        return
        ;;
    esac
    if [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W "$("$1" --help 2>/dev/null |
            sed -n 's/^  \(-., \|    \)\(--[a-z-]*\).*/\2/p')" -- "$word"))
    else
        COMPREPLY=($(compgen -f -- "$word"))
    fi
}

complete -o filenames -F _fett img-info img-verify fs-ls fs-cat ioc-strings reg-ls \
    reg-runkeys host-info fs-timeline rec-fmt
