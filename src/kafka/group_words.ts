import { UnavailableError } from "../core/errors.ts";
import type { GroupInfo } from "./admin.ts";

/** A group's offsets cannot be set while it has members. Names at most three of them. */
export function groupIsActive({ groupId, state, members }: GroupInfo): UnavailableError {
  const named = members.slice(0, 3).map(({ clientId, host }) => `${clientId} at ${host.replace(/^\//, "")}`);
  const more = members.length > 3 ? ` and ${members.length - 3} more` : "";
  const who = members.length === 0
    ? `is not at rest (${state})`
    : `has ${members.length} member${members.length === 1 ? "" : "s"} (${named.join(", ")}${more})`;
  return new UnavailableError(
    `Cannot set offsets of group "${groupId}": it ${who}; stop its consumers first`,
  );
}
