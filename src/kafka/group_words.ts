import { UnavailableError } from "../core/errors.ts";
import type { GroupInfo } from "./admin.ts";

/** What a group seems to be whose members the description does not show: those of KIP-848. */
const NOT_SHOWN = ["Dead", "Empty"];

/** A group's offsets cannot be set while it has members. Names at most three of them. */
export function groupIsActive({ groupId, state, members }: GroupInfo): UnavailableError {
  const named = members.slice(0, 3).map(({ clientId, host }) => `${clientId} at ${host.replace(/^\//, "")}`);
  const more = members.length > 3 ? ` and ${members.length - 3} more` : "";
  const who = members.length === 0
    ? NOT_SHOWN.includes(state)
      ? "is in use, by members of the newer group protocol, which are not shown"
      : `is not at rest (${state})`
    : `has ${members.length} member${members.length === 1 ? "" : "s"} (${named.join(", ")}${more})`;
  return new UnavailableError(
    `Cannot set offsets of group "${groupId}": it ${who}; stop its consumers first`,
  );
}
