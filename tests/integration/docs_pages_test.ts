import { dedicatedBroker } from "../support/broker.ts";
import type { Page } from "../support/docs/blocks.ts";
import { pages } from "../support/docs/pages.ts";
import { runPages } from "../support/docs/run_page.ts";
import { GroupWatch } from "./support/consumers_idle.ts";

/** Where a reader's Kafka answers. */
const USUAL = "localhost:9092";

/** Each page gets a Kafka of its own: their topics have plain names. */
async function onOwnKafka(read: readonly Page[]): Promise<void> {
  await using broker = await dedicatedBroker();
  await using groups = await GroupWatch.connect(broker.bootstrap);
  await runPages(read, {
    env: { DATAPY_KAFKA: broker.bootstrap, KAFKA_BOOTSTRAP_SERVERS: broker.bootstrap },
    isCaughtUp: () => groups.isCaughtUp(),
    asOnPage: (line) => line.replaceAll(broker.bootstrap, USUAL),
    asToRun: (text) => text.replaceAll(USUAL, broker.bootstrap),
  });
}

const needy = pages().filter(({ needs }) => needs.length > 0);
const ofMods = needy.filter(({ path }) => path.startsWith("docs/mods/"));

for (const page of needy.filter((page) => !ofMods.includes(page))) {
  Deno.test(`${page.path} has snippets that run on Kafka`, () => onOwnKafka([page]));
}

Deno.test("docs/mods have snippets that run on Kafka", () => onOwnKafka(ofMods));
