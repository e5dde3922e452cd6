import { dedicatedBroker } from "../support/broker.ts";
import type { Page } from "../support/docs/blocks.ts";
import { pages } from "../support/docs/pages.ts";
import { runPages } from "../support/docs/run_page.ts";
import { dedicatedPostgres } from "../support/postgres.ts";
import { GroupWatch } from "./support/consumers_idle.ts";

/** Where a reader's servers answer. */
const USUAL = { kafka: "localhost:9092", postgres: "postgres://datapy:development@localhost:5432/datapy" };

/** Pages get servers of their own: their topics and tables have plain names. */
async function onOwnServers(read: readonly Page[]): Promise<void> {
  await using servers = new AsyncDisposableStack();
  const { bootstrap } = servers.use(await dedicatedBroker());
  const groups = servers.use(await GroupWatch.connect(bootstrap));
  const usesPostgres = read.some(({ needs }) => needs.includes("postgres"));
  const postgres = usesPostgres ? servers.use(await dedicatedPostgres()).url : USUAL.postgres;
  await runPages(read, {
    env: { DATAPY_KAFKA: bootstrap, DATAPY_POSTGRES: postgres },
    isCaughtUp: () => groups.isCaughtUp(),
    asOnPage: (line) => line.replaceAll(bootstrap, USUAL.kafka).replaceAll(postgres, USUAL.postgres),
    asToRun: (text) => text.replaceAll(USUAL.kafka, bootstrap).replaceAll(USUAL.postgres, postgres),
  });
}

const needy = pages().filter(({ needs }) => needs.length > 0 && !needs.includes("program"));
const ofMods = needy.filter(({ path }) => path.startsWith("docs/mods/"));

for (const page of needy.filter((page) => !ofMods.includes(page))) {
  Deno.test(`${page.path} has snippets that run on Kafka`, () => onOwnServers([page]));
}

Deno.test("docs/mods have snippets that run on Kafka", () => onOwnServers(ofMods));
