/** A part of a job, for what a plan finds in the files beside it. */
export const outputTopic = "out";
export const given = { topic: "${kafka.output_topic}", wrong: "${kafka.outputtopic}" };
