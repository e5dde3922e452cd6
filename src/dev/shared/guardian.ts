/**
 * Runs a command for as long as whoever started it holds its standard input open: where that ends without a word, even by
 * SIGKILL, the command is ended by a signal and its folder removed. POSIX sh, so that it needs nothing but what every machine has.
 *
 * Arguments: the folder, the file for the command's output, the signal, the command. It prints the command's process id and, when it
 * has ended, `ended CODE`; then it waits for a line (the folder stays) or the end of its input (the folder goes).
 *
 * The command is started before signals are trapped: a JVM that finds SIGTERM ignored would ignore it too. Its input is
 * not the pipe, which would otherwise stay open with it.
 */
export const GUARDIAN = `
folder=$1; output=$2; signal=$3; shift 3
exec 3<&0
"$@" </dev/null 3<&- >>"$output" 2>&1 &
command=$!
trap : HUP INT TERM PIPE
echo "$command"
(trap '' HUP INT TERM; read -r word <&3 || { kill -s "$signal" "$command"; kill -s CONT "$command"; }) >/dev/null 2>&1 &
watcher=$!
while :; do
  wait "$command"; code=$?
  kill -0 "$command" 2>/dev/null || break # a signal to this script ends wait early
done
kill -KILL "$watcher" 2>/dev/null; wait "$watcher" 2>/dev/null
echo "ended $code"
read -r word <&3 || rm -rf "$folder"
`;

/**
 * The command that guards another one, and ends it by a signal: KILL is the default; QUIT for a server that has processes
 * and shared memory of its own to take with it.
 */
export function guarded(
  folder: string,
  outputFile: string,
  command: readonly string[],
  signal: "KILL" | "QUIT" = "KILL",
): readonly string[] {
  return ["sh", "-c", GUARDIAN, "guardian", folder, outputFile, signal, ...command];
}
