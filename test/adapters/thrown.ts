/**
 * Everything that can be thrown.
 */
class NotFound extends Error {
  readonly _tag = "NotFound"
  readonly code = "E_NOT_FOUND"
  readonly details: { readonly tried: ReadonlyArray<string> }
  constructor() {
    super("no such page", { cause: new TypeError("middle", { cause: new RangeError("root") }) })
    this.name = "NotFound"
    this.details = { tried: ["a", "b"] }
  }
}

const makers = {
  notFound: () => new NotFound(),
  aggregate: () => new AggregateError([new TypeError("one"), "two", new NotFound()], "several"),
  errorField: () => Object.assign(new Error("outer"), { inner: new TypeError("inner") }),
  functionField: () => Object.assign(new Error("outer"), { retry: () => 1, kept: 1 }),
  cycle: () => {
    const error = new Error("cycle")
    error.cause = error
    return error
  },
  string: () => "plain text",
  number: () => 42,
  null: () => null,
  undefined: () => undefined,
  object: () => ({ status: 404, nested: { list: [1, 2] } }),
  function: () => function lost() {},
  symbol: () => Symbol("lost"),
  hostileGetter: () =>
    Object.defineProperty(new Error("hostile"), "trap", {
      enumerable: true,
      get: () => {
        throw new Error("sprung")
      }
    }),
  hostileMessage: () =>
    Object.defineProperty(new Error("hostile"), "message", {
      get: () => {
        throw new Error("sprung")
      }
    }),
  proxy: () =>
    new Proxy(
      {},
      {
        get: () => {
          throw new Error("sprung")
        },
        getPrototypeOf: () => {
          throw new Error("sprung")
        },
        ownKeys: () => {
          throw new Error("sprung")
        }
      }
    ),
  withoutPrototype: () => Object.assign(Object.create(null), { status: 500 })
} satisfies Record<string, () => unknown>

export type ThrownKind = keyof typeof makers

export const kinds: ReadonlyArray<ThrownKind> = Object.keys(makers) as Array<ThrownKind> // its own keys, as written above

export const thrown = (kind: ThrownKind): unknown => makers[kind]()
