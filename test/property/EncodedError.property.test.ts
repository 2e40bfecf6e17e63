import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { decode, encode, isEncodedError } from "../../src/wire/EncodedError.ts"
import { kinds, thrown } from "../adapters/thrown.ts"

/** Data that clones are made of. */
const data = fc.jsonValue({ maxDepth: 3 })
/** Names that a field may have; some mean something to objects. */
const key = fc.oneof(
  fc.stringMatching(/^[a-z]{1,8}$/),
  fc.constantFrom("__proto__", "constructor", "then", "toString", "_tag", "code")
)
const carried = ["name", "message", "stack", "cause", "errors", "line", "column"]

interface Spec {
  readonly name: string
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly cause: Spec | undefined
  readonly errors: ReadonlyArray<Spec> | undefined
}

const spec: fc.Arbitrary<Spec> = fc.letrec<{ readonly spec: Spec }>((tie) => ({
  spec: fc.record({
    name: fc.stringMatching(/^[A-Z][a-z]{0,8}$/),
    message: fc.string(),
    fields: fc.dictionary(
      key.filter((name) => !carried.includes(name)),
      data
    ),
    cause: fc.option(tie("spec"), { nil: undefined, depthSize: "small", maxDepth: 3 }),
    errors: fc.option(fc.array(tie("spec"), { maxLength: 3 }), { nil: undefined, depthSize: "small", maxDepth: 2 })
  })
})).spec

const make = ({ cause, errors, fields, message, name }: Spec): Error => {
  const options = cause === undefined ? undefined : { cause: make(cause) }
  const error =
    errors === undefined ? new Error(message, options) : new AggregateError(errors.map(make), message, options)
  error.name = name
  for (const [key, value] of Object.entries(fields)) {
    Object.defineProperty(error, key, { value, enumerable: true, configurable: true, writable: true })
  }
  return error
}

const read = (error: unknown): Spec => {
  if (!(error instanceof Error)) throw new Error("not an error")
  const { cause, message, name } = error
  return {
    name,
    message,
    fields: Object.fromEntries(
      Object.entries(error).filter(([key]) => !carried.includes(key) && !/^(original|source)/.test(key))
    ),
    cause: cause === undefined ? undefined : read(cause),
    errors: error instanceof AggregateError ? error.errors.map(read) : undefined
  }
}

const plain = (spec: Spec): Spec => ({
  ...spec,
  fields: Object.fromEntries(Object.entries(spec.fields)),
  cause: spec.cause === undefined ? undefined : plain(spec.cause),
  errors: spec.errors?.map(plain)
})

describe("errors as data", () => {
  it("come back with name, message, causes, errors and fields, over a real clone", () => {
    fc.assert(
      fc.property(spec, (spec) => {
        const error = make(spec)
        const encoded = structuredClone(encode(error))
        expect(isEncodedError(encoded)).toBe(true)
        const decoded = decode(encoded)
        expect(read(decoded)).toEqual(read(make(plain(spec))))
        expect((decoded as Error).stack).toBe(error.stack) // an error, as read above
      }),
      { numRuns: 200 }
    )
  })

  it("of any kind and with anything in any field are encoded, cloned and recognised", () => {
    const anything = fc.oneof(
      fc.anything({ withBigInt: true, withDate: true, withMap: true }),
      fc.constantFrom(...kinds).map(thrown)
    )
    fc.assert(
      fc.property(
        anything,
        fc.array(fc.tuple(fc.oneof(key, fc.constantFrom(...carried)), anything), { maxLength: 4 }),
        fc.boolean(),
        (value, fields, isError) => {
          const error = isError ? new Error("x") : value
          for (const [name, value] of isError ? fields : []) {
            try {
              Object.defineProperty(error, name, { value, enumerable: true, configurable: true })
            } catch {
              // Bun reads the name of an error that gets a line, and a symbol is none
            }
          }
          const encoded = encode(error)
          expect(isEncodedError(structuredClone(encoded))).toBe(true)
          decode(structuredClone(encoded))
        }
      ),
      { numRuns: 1000 }
    )
  })

  it("that hold each other, or themselves many times, are encoded in bounded time and space", () => {
    const self = new AggregateError([], "self")
    self.errors = Array.from({ length: 300 }, () => self)
    self.cause = self
    Object.assign(self, { inner: self })
    const [a, b] = [new AggregateError([], "a"), new AggregateError([], "b")]
    a.errors = [b, b, b, b]
    b.errors = [a, a, a, a]
    for (const error of [self, a]) {
      const encoded = structuredClone(encode(error))
      expect(isEncodedError(encoded)).toBe(true)
      expect(JSON.stringify(encoded).length).toBeLessThan(5_000_000)
      expect(decode(encoded)).toMatchObject({ message: error.message })
    }
  })

  it("are recognised only when they are whole: any data may claim to be one", () => {
    const parts = fc.record(
      {
        _tag: fc.constantFrom("Error", "Value", "Description", "Other", 1),
        name: fc.oneof(fc.string(), data),
        message: fc.oneof(fc.string(), data),
        stack: fc.oneof(fc.string(), data),
        description: fc.oneof(fc.string(), data),
        fields: fc.oneof(fc.array(fc.tuple(fc.string(), fc.boolean(), data)), data),
        cause: data,
        errors: data
      },
      { requiredKeys: [] }
    )
    fc.assert(
      fc.property(fc.oneof(parts, data, fc.anything()), (claimed) => {
        if (isEncodedError(claimed)) decode(claimed)
      }),
      { numRuns: 3000 }
    )
  })
})
