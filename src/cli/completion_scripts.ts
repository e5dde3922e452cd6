/** The shells that completions are made for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = typeof SHELLS[number];

/** The word by which the scripts ask what could come next: `datapy __complete WORD... PARTIAL`. */
export const COMPLETE = "__complete";

/**
 * A script that completes `datapy` in a shell by asking `command`. Where nothing is proposed, the shell completes paths.
 * Each answer is a line: the word, a tab, what it is for.
 */
export function completionScript(shell: Shell, command: string): string {
  return SCRIPTS[shell](`${command} ${COMPLETE}`);
}

const SCRIPTS: Readonly<Record<Shell, (ask: string) => string>> = {
  bash: (ask) =>
    `# completions of datapy for bash
_datapy() {
  local IFS=$'\\n'
  COMPREPLY=($(${ask} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null </dev/null | cut -f1))
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == */ ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -o default -F _datapy datapy
`,
  zsh: (ask) =>
    `#compdef datapy
# completions of datapy for zsh
_datapy() {
  local -a words_found folders
  local line word
  while IFS= read -r line; do
    word=\${line%%$'\\t'*}
    if [[ $word == */ ]]; then folders+=("$word"); else words_found+=("\${word//:/\\\\:}:\${line#*$'\\t'}"); fi
  done < <(${ask} "\${(@)words[2,CURRENT]}" 2>/dev/null </dev/null)
  if (( \${#words_found} + \${#folders} == 0 )); then _files; return; fi
  (( \${#folders} )) && compadd -S '' -- "\${folders[@]}"
  (( \${#words_found} )) && _describe -V datapy words_found
}
compdef _datapy datapy
`,
  fish: (ask) =>
    `# completions of datapy for fish
function __datapy_complete
  set -l given (commandline -opc)
  set -l found (${ask} $given[2..-1] (commandline -ct) 2>/dev/null </dev/null)
  if test (count $found) -eq 0
    __fish_complete_path (commandline -ct)
  else
    printf '%s\\n' $found
  end
end
complete -c datapy -f -a '(__datapy_complete)'
`,
};
