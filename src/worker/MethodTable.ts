/**
 * The methods that a worker can run, by code.
 *
 * Messages carry an index into this table, so nothing that arrives is ever looked up by name on an object.
 */
import type { Manifest, MethodInfo } from "../wire/Control.ts"
import * as Adapter from "./Adapter.ts"

/** A method ready to run. */
export interface Entry {
  readonly info: MethodInfo
  readonly run: (...args: Array<unknown>) => unknown
  readonly self: unknown
}

/**
 * Names that an actor's handle needs for itself, or that objects answer to whether they are meant or not.
 */
const reserved = new Set(["then", "pipe", "constructor", "toJSON", "__proto__"])

const units: Record<string, number> = { milli: 1, second: 1000, minute: 60_000, hour: 3_600_000 }

const millis = (duration: Adapter.Duration | undefined, name: string): number | undefined => {
  if (duration === undefined) return undefined
  const [, amount, unit] = /^([\d.]+) (milli|second|minute|hour)s?$/.exec(String(duration)) ?? []
  const value = typeof duration === "number" ? duration : Number(amount) * (units[unit ?? ""] ?? Number.NaN)
  if (!(value > 0)) {
    throw new TypeError(
      `Cannot read the timeout of method "${name}": expected positive milliseconds or a text like "2 seconds", received ${JSON.stringify(
        duration
      )}`
    )
  }
  return value
}

/** Only classes, and the language's own constructors, have a prototype that cannot be replaced; it is quickly seen. */
const isClass = (value: unknown): boolean =>
  typeof value === "function" &&
  Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false &&
  /^class\b/.test(Function.prototype.toString.call(value))

const namesOf = (methods: object): Array<string> => {
  const names = new Set<string>()
  for (
    let level: object | null = methods;
    level !== null && level !== Object.prototype;
    level = Object.getPrototypeOf(level)
  ) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      // an accessor is not a method, and reading it could have effects
      if ("value" in property || level === methods) names.add(name)
    }
  }
  names.delete("constructor")
  return [...names]
}

const positive = (weight: number | undefined, name: string): number | undefined => {
  if (weight === undefined || (Number.isFinite(weight) && weight > 0)) return weight
  throw new TypeError(
    `Cannot use the weight of method "${name}": expected a finite positive number, received ${weight}`
  )
}

/** Collects the methods of what a set-up has returned. Throws a `TypeError` that names what is wrong with one. */
export const make = (methods: unknown): Array<Entry> => {
  if (typeof methods !== "object" || methods === null) {
    throw new TypeError(
      `Cannot use what the adapter's setup returned: expected an object of methods, received ${
        methods === null ? "null" : typeof methods
      }`
    )
  }
  const table: Array<Entry> = []
  for (const name of namesOf(methods)) {
    // a field of the user's object, looked at before use
    const value = (methods as Record<string, unknown>)[name]
    const method = Adapter.isMethod(value)
      ? value
      : typeof value === "function" && !isClass(value)
        ? // any function can be a method; its arguments were checked by the types of the caller
          Adapter.method(value as Adapter.AnyFunction, {})
        : undefined
    if (method === undefined) continue
    if (reserved.has(name)) {
      throw new TypeError(`Cannot offer a method called "${name}": the name is reserved. Rename the method`)
    }
    table.push({
      info: {
        name,
        kind: Adapter.kindOf(method),
        description: method.options.description,
        idempotent: method.options.idempotent === true,
        interruption: method.options.interruption,
        timeout: millis(method.options.timeout, name),
        weight: positive(method.options.weight, name)
      },
      // arguments arrive as data; their types were checked where the call was written
      run: method.run as (...args: Array<unknown>) => unknown,
      self: methods
    })
  }
  return table
}

/** What the main side is told of the table. */
export const manifest = (table: ReadonlyArray<Entry>, threadSafe: boolean): Manifest => ({
  threadSafe,
  methods: table.map((entry) => entry.info)
})
