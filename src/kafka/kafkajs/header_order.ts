import { decoderPrototype } from "./internals.ts";

/** A header as kafkajs reads it. */
interface ReadHeader {
  readonly key: string;
  readonly value: Uint8Array | null;
}

/** The headers of a record in the order that they have. */
export class HeaderList {
  constructor(readonly pairs: readonly (readonly [name: string, value: Uint8Array | null])[]) {}

  /** What kafkajs makes an object of: which loses the order between names, and names such as `__proto__`. */
  reduce(): this {
    return this;
  }
}

/** Hands the headers of a record on as they are, in place of an object by their names. */
decoderPrototype.readVarIntArray = function (reader): HeaderList {
  const count = Math.max(0, this.readVarInt());
  return new HeaderList(
    Array.from({ length: count }, () => {
      const { key, value } = reader(this) as ReadHeader;
      return [key, value] as const;
    }),
  );
};
