/** Words of `datapy completions`. */
export const completionsText = {
  brief: "Print a script that completes commands in a shell",
  full: (shell: string, how: string) =>
    [
      `Prints a script for ${shell} that completes commands, options, names of mods and job files.`,
      "",
      "Example:",
      `  ${how}`,
    ].join("\n"),
  shell: (shell: string) => `Print the script for ${shell}`,
  how: {
    bash: "source <(datapy completions bash)        # in ~/.bashrc",
    zsh: "source <(datapy completions zsh)         # in ~/.zshrc, after compinit",
    fish: "datapy completions fish | source         # in ~/.config/fish/config.fish",
  },
  command: "How datapy is called, if not by its name; such as 'deno task datapy' behind an alias",
  commandForm: "expected words such as deno task datapy",
} as const;
