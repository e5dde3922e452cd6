import assert from "node:assert/strict";
import fc from "fast-check";
import { type CastSpec, planCast, TYPES } from "../../../src/mods/transform/mapper/cast_plan.ts";
import { datePattern } from "../../../src/mods/transform/mapper/date_pattern.ts";
import { roundDecimal, type Rounding, ROUNDINGS } from "../../../src/mods/transform/mapper/decimals.ts";
import { instantOf, timeZone } from "../../../src/mods/transform/mapper/time_zone.ts";

const cast = (value: unknown, spec: CastSpec) => planCast(spec).cast(value);
const iso = (value: unknown) => value instanceof Date ? value.toISOString() : value;

Deno.test("roundDecimal() rounds as java.math.RoundingMode says", () => {
  // the table of RoundingMode's own documentation
  const values = ["5.5", "2.5", "1.6", "1.1", "1.0", "-1.0", "-1.1", "-1.6", "-2.5", "-5.5"];
  const table: Record<Rounding, (string | undefined)[]> = {
    up: ["6", "3", "2", "2", "1", "-1", "-2", "-2", "-3", "-6"],
    down: ["5", "2", "1", "1", "1", "-1", "-1", "-1", "-2", "-5"],
    ceiling: ["6", "3", "2", "2", "1", "-1", "-1", "-1", "-2", "-5"],
    floor: ["5", "2", "1", "1", "1", "-1", "-2", "-2", "-3", "-6"],
    half_up: ["6", "3", "2", "1", "1", "-1", "-1", "-2", "-3", "-6"],
    half_down: ["5", "2", "2", "1", "1", "-1", "-1", "-2", "-2", "-5"],
    half_even: ["6", "2", "2", "1", "1", "-1", "-1", "-2", "-2", "-6"],
    unnecessary: [undefined, undefined, undefined, undefined, "1", "-1"],
  };
  for (const [rounding, results] of Object.entries(table)) {
    results.forEach((result, i) =>
      assert.equal(roundDecimal(values[i]!, 0, rounding as Rounding), result, `${values[i]} ${rounding}`)
    );
  }
});

Deno.test("roundDecimal() writes as many digits as its scale says", () => {
  const cases: [text: string, scale: number, rounding: Rounding, expected: string | undefined][] = [
    ["12.5", 2, "unnecessary", "12.50"],
    ["12.500", 2, "unnecessary", "12.50"],
    ["12.505", 2, "unnecessary", undefined],
    ["12.505", 2, "half_up", "12.51"],
    ["1.005", 2, "half_up", "1.01"], // a double is 1.00499999999999989
    ["0.999", 2, "half_up", "1.00"],
    ["-0.004", 2, "half_up", "0.00"],
    ["-0.005", 2, "half_up", "-0.01"],
    ["007", 1, "down", "7.0"],
    ["99999999999999999999.995", 2, "half_even", "100000000000000000000.00"],
  ];
  for (const [text, scale, rounding, expected] of cases) {
    assert.equal(roundDecimal(text, scale, rounding), expected, `${text} ${scale} ${rounding}`);
  }
});

/** n / unit as a whole number, in arithmetic that knows no digits. */
function divided(n: bigint, unit: bigint, rounding: Rounding): bigint | undefined {
  const [inner, rest] = [n / unit, n % unit]; // BigInt divides towards zero
  if (rest === 0n) return inner;
  const outer = inner + (n < 0n ? -1n : 1n);
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const nearest = twice === unit ? undefined : twice > unit ? outer : inner;
  return {
    unnecessary: undefined,
    up: outer,
    down: inner,
    ceiling: n > 0n ? outer : inner,
    floor: n < 0n ? outer : inner,
    half_up: nearest ?? outer,
    half_down: nearest ?? inner,
    half_even: nearest ?? (inner % 2n === 0n ? inner : outer),
  }[rounding];
}

/** n / 10^digits as a text. */
function decimal(n: bigint, digits: number): string {
  const size = String(n < 0n ? -n : n).padStart(digits + 1, "0");
  const point = size.length - digits;
  return `${n < 0n ? "-" : ""}${size.slice(0, point)}${digits === 0 ? "" : `.${size.slice(point)}`}`;
}

Deno.test("roundDecimal() counts as BigInt does", () => {
  const near = fc.tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.constantFrom(0n, 5n, -5n, 1n))
    .map(([n, last]) => n * 10n + last); // halves, which chance alone would not find
  const numbers = fc.oneof(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), near);
  fc.assert(
    fc.property(
      numbers,
      fc.nat(20),
      fc.nat(20),
      fc.constantFrom(...ROUNDINGS),
      (n, digits, scale, rounding) => {
        const cut = Math.max(0, digits - scale);
        const expected = divided(
          n * 10n ** BigInt(Math.max(0, scale - digits)),
          10n ** BigInt(cut),
          rounding,
        );
        assert.equal(
          roundDecimal(decimal(n, digits), scale, rounding),
          expected === undefined ? undefined : decimal(expected, scale),
        );
      },
    ),
  );
});

Deno.test("planCast() rounds decimals and integers, and refuses to lose digits unasked", () => {
  assert.equal(cast(12.5, { type: "decimal", scale: 2 }), "12.50");
  assert.equal(cast("1.005", { type: "decimal", scale: 2, rounding: "half_up" }), "1.01");
  assert.equal(cast("1e-3", { type: "decimal", scale: 2 }), undefined);
  assert.equal(cast("12.7", { type: "integer", rounding: "half_up" }), 13);
  assert.equal(cast("12.7", { type: "integer" }), undefined);
  assert.equal(cast("9007199254740993.5", { type: "integer", rounding: "down" }), 9007199254740993n);
  assert.equal(cast("12,7", { type: "decimal", scale: 1 }), undefined);
  assert.equal(planCast({ type: "decimal", scale: 2 }).label, "decimal with scale 2 without rounding");
});

Deno.test("planCast() reads texts by a pattern and a zone", () => {
  const berlin = (format: string): CastSpec => ({ type: "timestamp", format, zone: "Europe/Berlin" });
  const cases: [text: string, spec: CastSpec, expected: string | undefined][] = [
    ["05.07.2024 14:30", berlin("dd.MM.yyyy HH:mm"), "2024-07-05T12:30:00.000Z"],
    ["05.01.2024 14:30", berlin("dd.MM.yyyy HH:mm"), "2024-01-05T13:30:00.000Z"],
    ["5.7.2024", berlin("d.M.yyyy"), "2024-07-04T22:00:00.000Z"],
    ["20240705143059123", { type: "timestamp", format: "yyyyMMddHHmmssSSS" }, "2024-07-05T14:30:59.123Z"],
    ["05-Jul-24 02:30 pm", { type: "timestamp", format: "dd-MMM-yy hh:mm a" }, "2024-07-05T14:30:00.000Z"],
    ["12:05 AM 01/02/2024", { type: "timestamp", format: "hh:mm a dd/MM/yyyy" }, "2024-02-01T00:05:00.000Z"],
    ["12:05 PM 01/02/2024", { type: "timestamp", format: "h:mm a dd/MM/yyyy" }, "2024-02-01T12:05:00.000Z"],
    ["2024-07-05T14:30:59+0200", berlin("yyyy-MM-dd'T'HH:mm:ssZ"), "2024-07-05T12:30:59.000Z"],
    ["2024-07-05T14:30-03:30", berlin("yyyy-MM-dd'T'HH:mmXXX"), "2024-07-05T18:00:00.000Z"],
    ["2024-07-05 14:30 GMT+2", berlin("yyyy-MM-dd HH:mm z"), "2024-07-05T12:30:00.000Z"],
    ["Fri, 5 July 2024", { type: "timestamp", format: "E, d MMMM yyyy" }, "2024-07-05T00:00:00.000Z"],
    ["Mon, 5 July 2024", { type: "timestamp", format: "E, d MMMM yyyy" }, undefined],
    ["24:05 05.07.2024", { type: "timestamp", format: "kk:mm dd.MM.yyyy" }, "2024-07-05T00:05:00.000Z"],
    ["5 o'clock 2024", { type: "timestamp", format: "H 'o''clock' yyyy" }, "2024-01-01T05:00:00.000Z"],
    ["31.02.2024", berlin("dd.MM.yyyy"), undefined],
    ["29.02.2024", { type: "date", format: "dd.MM.yyyy" }, "2024-02-29"],
    ["29.02.2023", { type: "date", format: "dd.MM.yyyy" }, undefined],
    ["5.7.2024", berlin("dd.MM.yyyy"), undefined],
    ["05.07.2024 ", berlin("dd.MM.yyyy"), undefined],
    ["05.07.2024 24:00", berlin("dd.MM.yyyy HH:mm"), undefined],
    ["13:00 PM 05.07.2024", { type: "timestamp", format: "hh:mm a dd.MM.yyyy" }, undefined],
    [
      "2024-07-05T23:30+00:00",
      { type: "date", format: "yyyy-MM-dd'T'HH:mmXXX", zone: "Europe/Berlin" },
      "2024-07-06",
    ],
    ["2024-07-05T14:30", { type: "timestamp", zone: "Europe/Berlin" }, "2024-07-05T12:30:00.000Z"],
    ["2024-07-05T14:30Z", { type: "timestamp", zone: "Europe/Berlin" }, "2024-07-05T14:30:00.000Z"],
    ["2024-07-05T14:30", { type: "timestamp", zone: "+05:30" }, "2024-07-05T09:00:00.000Z"],
  ];
  for (const [text, spec, expected] of cases) assert.equal(iso(cast(text, spec)), expected, text);
  const late = new Date("2024-07-05T22:30:00Z");
  assert.equal(cast(late, { type: "date", zone: "Europe/Berlin" }), "2024-07-06");
  assert.equal(cast(late.getTime(), { type: "date", zone: "America/New_York" }), "2024-07-05");
  assert.equal(cast("2024-07-05", { type: "date", zone: "America/New_York" }), "2024-07-05");
  assert.equal(cast("2011-12-30", { type: "date", zone: "Pacific/Apia" }), "2011-12-30"); // that day was left out there
});

Deno.test("planCast() writes times by a pattern and a zone", () => {
  const time = new Date("2024-07-05T12:30:09.007Z");
  const cases: [format: string, zone: string | undefined, expected: string][] = [
    ["dd.MM.yyyy HH:mm", "Europe/Berlin", "05.07.2024 14:30"],
    ["d.M.yy H:m:s", undefined, "5.7.24 12:30:9"],
    ["yyyyMMdd'T'HHmmssSSSX", "Asia/Kolkata", "20240705T180009007+05"],
    ["yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX", "UTC", "2024-07-05T12:30:09.007000Z"],
    ["HH:mmXXX Z", "America/St_Johns", "10:00-02:30 -0230"],
    ["EEEE, MMMM d, yyyy h:mm a", "America/New_York", "Friday, July 5, 2024 8:30 AM"],
    ["EEE MMM kk KK a z", "Europe/Berlin", "Fri Jul 14 02 PM GMT+2"],
    ["''yyyy'' 'h''s'", undefined, "'2024' h's"],
  ];
  for (const [format, zone, expected] of cases) {
    assert.equal(cast(time, { type: "string", format, zone }), expected, format);
  }
  assert.equal(
    cast("2024-07-05T12:30Z", { type: "string", format: "HH:mm", zone: "Europe/Berlin" }),
    "14:30",
  );
  assert.equal(cast(time.getTime(), { type: "string", format: "yyyy" }), "2024");
  for (const value of ["no time", true, {}, new Date(NaN), new Date(8.64e15)]) {
    assert.equal(cast(value, { type: "string", format: "yyyy" }), undefined);
  }
  assert.equal(cast(new Date(0), { type: "string", format: "E" }), "Thu");
});

Deno.test("instantOf() takes the earlier of two times, and moves on what does not exist by the gap", () => {
  const at = (text: string, zone: string) =>
    iso(cast(text, { type: "timestamp", format: "yyyy-MM-dd HH:mm", zone }));
  const cases: [local: string, zone: string, expected: string][] = [
    ["2024-10-27 01:59", "Europe/Berlin", "2024-10-26T23:59:00.000Z"],
    ["2024-10-27 02:30", "Europe/Berlin", "2024-10-27T00:30:00.000Z"], // twice: summer time's
    ["2024-10-27 03:00", "Europe/Berlin", "2024-10-27T02:00:00.000Z"],
    ["2024-03-31 01:59", "Europe/Berlin", "2024-03-31T00:59:00.000Z"],
    ["2024-03-31 02:30", "Europe/Berlin", "2024-03-31T01:30:00.000Z"], // never: 03:30
    ["2024-03-31 03:30", "Europe/Berlin", "2024-03-31T01:30:00.000Z"],
    ["2024-11-03 01:30", "America/New_York", "2024-11-03T05:30:00.000Z"],
    ["2024-03-10 02:30", "America/New_York", "2024-03-10T07:30:00.000Z"],
    ["2024-04-07 01:45", "Australia/Lord_Howe", "2024-04-06T14:45:00.000Z"], // half an hour, twice
    ["2024-10-06 02:15", "Australia/Lord_Howe", "2024-10-05T15:45:00.000Z"], // half an hour, never
    ["2011-12-30 12:00", "Pacific/Apia", "2011-12-30T22:00:00.000Z"], // a day that Samoa left out
    ["2010-11-07 00:00", "America/St_Johns", "2010-11-07T02:30:00.000Z"], // clocks went back at 00:01
  ];
  for (const [local, zone, expected] of cases) assert.equal(at(local, zone), expected, `${local} ${zone}`);
});

const ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "-09:30"];

Deno.test("instantOf() gives the instant whose local time was read, but for the second of two", () => {
  const instants = fc.integer({ min: Date.UTC(1930, 0), max: Date.UTC(2090, 0) });
  fc.assert(fc.property(instants, fc.constantFrom(...ZONES), (instant, name) => {
    const zone = timeZone(name);
    const local = instant + zone.offsetAt(instant);
    const found = instantOf({ local, offset: undefined }, zone);
    assert.equal(found + zone.offsetAt(found), local);
    assert.ok(found <= instant && instant - found <= 2 * 3_600_000);
  }));
});

Deno.test("TimeZone.offsetAt() is what Intl itself shows, around the changes too", () => {
  const changes = ["2024-03-31T01:00Z", "2024-10-27T01:00Z", "2024-11-03T06:00Z", "2010-11-07T02:31Z"];
  for (const name of [...ZONES.slice(0, -1), "America/St_Johns"]) {
    const zone = timeZone(name);
    const format = new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" });
    for (const change of changes) {
      for (const minutes of [-1440, -61, -1, 0, 1, 29, 31, 61, 1440]) {
        const instant = Date.parse(change) + minutes * 60_000;
        const shown = format.formatToParts(instant).find(({ type }) => type === "timeZoneName")!.value;
        const [, sign = "+", h = "0", m = "0"] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(shown)!;
        const offset = (sign === "-" ? -1 : 1) * (Number(h) * 60 + Number(m)) * 60_000;
        assert.equal(zone.offsetAt(instant) + 0, offset + 0, `${name} ${change} ${minutes}`);
      }
    }
  }
});

Deno.test("planCast() reads back every time that it writes with its offset", () => {
  const formats = [
    "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    "d.M.yyyy h:mm:ss a SSS Z",
    "EEEE d MMMM yyyy kk:mm:ss,SSS XX",
    "MMM/dd/yyyy KK:mm:ss.SSSSSSSSS a XXX",
  ];
  const instants = fc.date({ min: new Date("1930-01-01"), max: new Date("2090-01-01"), noInvalidDate: true });
  fc.assert(
    fc.property(instants, fc.constantFrom(...formats), fc.constantFrom(...ZONES), (time, format, zone) => {
      const text = cast(time, { type: "string", format, zone });
      assert.deepEqual(cast(text, { type: "timestamp", format }), time, String(text));
      assert.equal(cast(text, { type: "date", format, zone }), cast(time, { type: "date", zone }));
    }),
  );
});

Deno.test("datePattern() lists the letters that it knows where one is unknown", () => {
  assert.throws(
    () => datePattern("dd.MM.jjjj"),
    /"dd\.MM\.jjjj".*: jjjj has no meaning here.*y year.*z zone/,
  );
  const cases: [pattern: string, expected: RegExp][] = [
    ["yyyyy", /yyyyy has no meaning/],
    ["YYYY-MM-dd", /YYYY has no meaning/],
    ["ddd", /ddd has no meaning/],
    ["yyyy 'at", /quote is not closed/],
    ["hh:mm yyyy", /need a/],
    ["HH:mm a yyyy", /needs h or K/],
  ];
  for (const [pattern, expected] of cases) assert.throws(() => datePattern(pattern), expected, pattern);
});

Deno.test("planCast() refuses options that do not fit the type", () => {
  const cases: [CastSpec, RegExp][] = [
    [{ type: "integer", scale: 2 }, /a cast to integer has no scale: it takes rounding/],
    [{ type: "number", format: "yyyy" }, /it takes no options/],
    [{ type: "decimal", rounding: "up" }, /needs a scale/],
    [{ type: "string", zone: "UTC" }, /needs a format/],
    [{ type: "timestamp", format: "HH:mm" }, /has no year/],
    [{ type: "timestamp", zone: "Europe/Brelin" }, /"Europe\/Brelin" is not a time zone/],
    [{ type: "timestamp", zone: "+25:00" }, /not a time zone/],
  ];
  for (const [spec, expected] of cases) assert.throws(() => planCast(spec), expected);
});

Deno.test("planCast() to json writes what JSON can hold, with all digits, and refuses what would be lost", () => {
  const value = { id: 2n ** 64n, at: new Date(0), list: [1.5, null, "é"], __proto__: null };
  assert.equal(
    cast(value, "json"),
    '{"id":18446744073709551616,"at":"1970-01-01T00:00:00.000Z","list":[1.5,null,"é"]}',
  );
  assert.equal(cast("text", "json"), '"text"');
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  for (const lost of [cycle, [NaN], { f: () => 1 }, new Uint8Array(2), new Map(), Symbol()]) {
    assert.equal(cast(lost, "json"), undefined);
  }
  fc.assert(fc.property(fc.jsonValue({ noUnicodeString: false }), (json) => {
    assert.equal(cast(json, "json"), JSON.stringify(json));
  }));
});

Deno.test("planCast() never throws, whatever the value is", () => {
  const specs: CastSpec[] = [
    ...TYPES,
    { type: "decimal", scale: 2, rounding: "half_even" },
    { type: "integer", rounding: "floor" },
    { type: "timestamp", format: "dd.MM.yyyy HH:mm", zone: "Europe/Berlin" },
    { type: "date", zone: "America/New_York" },
    { type: "string", format: "dd.MM.yyyy z", zone: "Asia/Tokyo" },
  ];
  const hostile = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withTypedArray: true }),
    fc.constantFrom("1".repeat(100_000), "9".repeat(999), "1e999999999", "${env:HOME}", new Date(NaN), 1e308),
  );
  fc.assert(fc.property(hostile, fc.constantFrom(...specs), (value, spec) => {
    if (value !== null && value !== undefined) cast(value, spec);
  }));
});
