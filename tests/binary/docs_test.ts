import { GroupWatch } from "../integration/support/consumers_idle.ts";
import { dedicatedBroker } from "../support/broker.ts";
import { pages } from "../support/docs/pages.ts";
import { runPages } from "../support/docs/run_page.ts";

/** Where a reader's Kafka answers. */
const USUAL = "localhost:9092";

for (const page of pages().filter(({ needs }) => needs.includes("program"))) {
  Deno.test(`${page.path} has snippets that compile a program and run it`, async () => {
    // its topics have plain names, and no other consumer is to be waited for
    await using kafka = await dedicatedBroker();
    const broker = kafka.bootstrap;
    const temporary = await Deno.makeTempDir({ prefix: "datapy-test-" });
    await using cleanUp = new AsyncDisposableStack();
    cleanUp.defer(() => Deno.remove(temporary, { recursive: true }));
    await using groups = await GroupWatch.connect(broker);
    await runPages([page], {
      env: { DATAPY_KAFKA: broker, TMPDIR: temporary },
      isCaughtUp: () => groups.isCaughtUp(),
      asOnPage: (line) => line.replaceAll(broker, USUAL),
      asToRun: (text) => text.replaceAll(USUAL, broker),
    });
  });
}
