import { memoryFixture } from "../support/memory_fixture.ts";
import { driverContract } from "./driver_contract.ts";

driverContract("memory driver", () => Promise.resolve(memoryFixture()));
