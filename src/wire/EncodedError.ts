/**
 * Thrown values as data.
 *
 * Structured clone drops a subclass's name, `code`, own fields and `errors` on every runtime, and `cause` on some. So
 * nothing that was thrown is ever cloned as it is: it is encoded here on one side and rebuilt on the other, and the
 * three runtimes agree.
 *
 * Encoding never throws, whatever was thrown: getters that throw, proxies, cycles and functions end up as a
 * description.
 */
import { isCloneable } from "./Cloneable.ts"

/** A thrown value, ready to be cloned. */
export type EncodedError =
  | {
      readonly _tag: "Error"
      readonly name: string
      readonly message: string
      readonly stack: string | undefined
      /** Own enumerable fields that survive cloning, `_tag` among them. Errors among them are encoded. */
      readonly fields: ReadonlyArray<readonly [key: string, encoded: boolean, value: unknown]>
      readonly cause: EncodedError | undefined
      readonly errors: ReadonlyArray<EncodedError> | undefined
    }
  | { readonly _tag: "Value"; readonly value: unknown }
  | { readonly _tag: "Description"; readonly description: string }

/** Links of a cause chain, and levels of nested errors, that are kept. */
const maxDepth = 16
/** Entries of an `errors` array that are kept. */
const maxErrors = 256
/** Errors that are kept of one thrown value, however they hold each other: the rest is described. */
const maxNodes = 1024

/** How many errors of one thrown value may still be encoded. */
interface Budget {
  left: number
}

const attempt = <A, B>(read: () => A, otherwise: B): A | B => {
  try {
    return read()
  } catch {
    return otherwise
  }
}

const describe = (value: unknown): string =>
  attempt(
    () => (typeof value === "function" ? `[function ${value.name || "anonymous"}]` : String(value)),
    "[a thrown value that cannot be described]"
  )

const text = (value: unknown): string => (typeof value === "string" ? value : describe(value))

const isError = (value: unknown): value is Error =>
  attempt(() => value instanceof Error || Object.prototype.toString.call(value) === "[object Error]", false)

// `stack` and `message` are own but carried by name; Bun adds where the error was made
const carriedByName = new Set(["name", "message", "stack", "cause", "errors"])
const addedByRuntime = new Set(["line", "column", "sourceURL", "originalLine", "originalColumn"])

const fieldsOf = (error: Error, depth: number, budget: Budget): Array<readonly [string, boolean, unknown]> => {
  const fields: Array<readonly [string, boolean, unknown]> = []
  for (const key of attempt(() => Object.keys(error), [])) {
    if (carriedByName.has(key) || addedByRuntime.has(key)) continue
    // an error's own fields are not part of its type
    const value = attempt(() => (error as unknown as Record<string, unknown>)[key], undefined)
    if (isError(value)) fields.push([key, true, encodeAt(value, depth + 1, budget)])
    else if (isCloneable(value)) fields.push([key, false, value])
  }
  return fields
}

const encodeAt = (thrown: unknown, depth: number, budget: Budget): EncodedError => {
  if (isError(thrown)) {
    if (budget.left-- <= 0 || depth >= maxDepth) return { _tag: "Description", description: describe(thrown) }
    const name = attempt(() => thrown.name, "Error")
    const message = attempt(() => thrown.message, "")
    const stack = attempt(() => thrown.stack, undefined)
    const cause = attempt(() => thrown.cause, undefined)
    const errors = attempt(() => (thrown as { readonly errors?: unknown }).errors, undefined)
    return {
      _tag: "Error",
      name: text(name),
      message: text(message),
      stack: stack === undefined ? undefined : text(stack),
      fields: fieldsOf(thrown, depth, budget),
      cause: cause === undefined ? undefined : encodeAt(cause, depth + 1, budget),
      errors: Array.isArray(errors)
        ? errors
            .slice(0, Math.min(maxErrors, Math.max(0, budget.left)))
            .map((error) => encodeAt(error, depth + 1, budget))
        : undefined
    }
  }
  return isCloneable(thrown) ? { _tag: "Value", value: thrown } : { _tag: "Description", description: describe(thrown) }
}

/** Turns whatever was thrown into data that can be cloned. Never throws. */
export const encode = (thrown: unknown): EncodedError =>
  attempt<EncodedError, EncodedError>(() => encodeAt(thrown, 0, { left: maxNodes }), {
    _tag: "Description",
    description: "[a thrown value that cannot be described]"
  })

/**
 * Rebuilds what was thrown: errors as `Error` objects with name, message, remote stack, cause chain, `errors` and own
 * fields; other values as they were.
 */
export const decode = (encoded: EncodedError): unknown => {
  switch (encoded._tag) {
    case "Value":
      return encoded.value
    case "Description":
      return new Error(encoded.description)
    case "Error": {
      const cause = encoded.cause === undefined ? undefined : { cause: decode(encoded.cause) }
      const error =
        encoded.errors === undefined
          ? new Error(encoded.message, cause)
          : new AggregateError(encoded.errors.map(decode), encoded.message, cause)
      define(error, "name", encoded.name, false)
      if (encoded.stack !== undefined) define(error, "stack", encoded.stack, false)
      for (const [key, isEncoded, value] of encoded.fields) {
        // the flag is set by encodeAt together with the value
        define(error, key, isEncoded ? decode(value as EncodedError) : value, true)
      }
      return error
    }
  }
}

// defined rather than assigned: a field called "__proto__" must stay a field
const define = (error: Error, key: string, value: unknown, enumerable: boolean): void => {
  Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true })
}

/** Is `value` shaped like the result of {@link encode}? What arrives from a worker is checked before it is rebuilt. */
export const isEncodedError = (value: unknown, depth = 0): value is EncodedError => {
  if (typeof value !== "object" || value === null || depth > maxDepth + 1) return false
  // probed field by field below
  const candidate = value as Record<string, unknown>
  switch (candidate["_tag"]) {
    case "Value":
      return true
    case "Description":
      return typeof candidate["description"] === "string"
    case "Error":
      return (
        typeof candidate["name"] === "string" &&
        typeof candidate["message"] === "string" &&
        (candidate["stack"] === undefined || typeof candidate["stack"] === "string") &&
        (candidate["cause"] === undefined || isEncodedError(candidate["cause"], depth + 1)) &&
        (candidate["errors"] === undefined ||
          (Array.isArray(candidate["errors"]) &&
            candidate["errors"].every((error) => isEncodedError(error, depth + 1)))) &&
        Array.isArray(candidate["fields"]) &&
        candidate["fields"].every(
          (field) =>
            Array.isArray(field) &&
            typeof field[0] === "string" &&
            typeof field[1] === "boolean" &&
            (!field[1] || isEncodedError(field[2], depth + 1))
        )
      )
    default:
      return false
  }
}
