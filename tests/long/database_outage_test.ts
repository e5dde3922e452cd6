import { onKafka } from "../integration/support/on_kafka.ts";
import { goneFor } from "../integration/support/postgres_gone.ts";

onKafka(
  "PostgreSQL gone for 3 minutes, with on_error continue: nothing is skipped, and the job goes on",
  (bed) => goneFor(bed, 180, "continue"),
);
