/** Outages as long as they are in production. */
import { onKafka } from "../integration/support/on_kafka.ts";
import { goneFor } from "../integration/support/postgres_gone.ts";

onKafka(
  "PostgreSQL gone for 60 s with on_error stop, and for 100 s with continue: nothing is skipped, and the jobs go on",
  async (bed) => {
    await Promise.all([goneFor(bed, 60, "stop"), goneFor(bed, 100, "continue")]); // both only wait
  },
);
