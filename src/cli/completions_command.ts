import { buildCommand, buildRouteMap } from "../deps/stricli.ts";
import { completionScript, type Shell } from "./completion_scripts.ts";
import type { CliContext } from "./context.ts";
import { NAME } from "./text.ts";
import { completionsText } from "./text/completions.ts";

function commandFor(shell: Shell) {
  return buildCommand({
    func(this: CliContext, flags: { readonly command: string }): void {
      this.machine.writeOut(completionScript(shell, flags.command));
    },
    parameters: {
      flags: {
        command: {
          kind: "parsed",
          parse: parseCommand,
          default: NAME,
          brief: completionsText.command,
          placeholder: "WORDS",
        },
      },
    },
    docs: {
      brief: completionsText.shell(shell),
      fullDescription: completionsText.full(shell, completionsText.how[shell]),
    },
  });
}

/** Words that a shell takes as they are: they stand in its script. */
function parseCommand(text: string): string {
  if (!/^[\w./~-]+( [\w./~=:@-]+)*$/.test(text)) throw new RangeError(completionsText.commandForm);
  return text;
}

/** `datapy completions` */
export const completions = buildRouteMap({
  routes: { bash: commandFor("bash"), zsh: commandFor("zsh"), fish: commandFor("fish") },
  docs: { brief: completionsText.brief },
});
