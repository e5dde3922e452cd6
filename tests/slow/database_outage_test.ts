/** Outages that last; those of minutes are in tests/long. */
import { onKafka } from "../integration/support/on_kafka.ts";
import { goneFor } from "../integration/support/postgres_gone.ts";

onKafka(
  "PostgreSQL gone for 30 s with on_error stop, and for 45 s with continue: nothing is skipped, and the jobs go on",
  async (bed) => {
    await Promise.all([goneFor(bed, 30, "stop"), goneFor(bed, 45, "continue")]); // both only wait
  },
);
