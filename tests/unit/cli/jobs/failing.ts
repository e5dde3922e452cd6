export function main() {
  throw new Error("the job's own words");
}
