/**
 * The only kind of endpoint that Comlink ever sees.
 *
 * Comlink as it comes lets whoever holds the port run any code (`constructor.constructor`), change any reachable
 * object, obtain a fresh port, close the endpoint, and stop the worker with a malformed message. A guarded endpoint
 * lets through one kind of message each way - the application of a named function to plain values, and the answer to
 * it - and refuses and counts everything else.
 */
import type { Port } from "./Port.ts"

/** The part of a port that Comlink uses. */
export interface Endpoint {
  postMessage(message: unknown, transfer?: Array<object>): void
  addEventListener(type: string, listener: (event: { readonly data: unknown }) => void): void
  removeEventListener(type: string, listener: (event: { readonly data: unknown }) => void): void
  start(): void
}

/** A guarded endpoint and what it has refused. */
export interface GuardedEndpoint extends Endpoint {
  /** Messages refused in either direction. */
  readonly refused: () => number
}

/** Which way Comlink's questions go through this endpoint. */
export type Side =
  /** Questions come in, answers go out: the side that `expose`s. */
  | "answers"
  /** Questions go out, answers come in: the side that `wrap`s. */
  | "asks"
  /** The same, where the other side throws as Comlink does. Any other special value is heard as an error. */
  | "asks, and hears throws"

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null

const isId = (value: unknown): boolean => typeof value === "string" && value.length > 0 && value.length <= 128

const isRaw = (value: unknown): boolean => isRecord(value) && value["type"] === "RAW"

const isQuestion = (message: unknown, names: ReadonlySet<string>): boolean =>
  isRecord(message) &&
  isId(message["id"]) &&
  message["type"] === "APPLY" &&
  Array.isArray(message["path"]) &&
  message["path"].length === 1 &&
  names.has(message["path"][0]) &&
  Array.isArray(message["argumentList"]) &&
  message["argumentList"].every(isRaw)

/** What Comlink sends in place of a value that was thrown: nothing but data. */
const isThrow = (message: unknown): boolean => {
  if (!isRecord(message) || message["type"] !== "HANDLER" || message["name"] !== "throw") return false
  const { isError, value } = isRecord(message["value"]) ? message["value"] : {}
  if (isError !== true) return isError === false
  return isRecord(value) && Object.keys(value).every((key) => errorFields.has(key) && typeof value[key] !== "object")
}

const errorFields: ReadonlySet<string> = new Set(["name", "message", "stack"])

/** Whoever asked has to be answered, but nobody gets a proxy. */
const heard = (message: unknown): unknown => {
  if (!isRecord(message) || !isId(message["id"]) || message["type"] !== "HANDLER" || isThrow(message)) return message
  const value = { name: "TypeError", message: "Cannot take what the worker has returned: it is a proxy, not a value" }
  return { id: message["id"], type: "HANDLER", name: "throw", value: { isError: true, value } }
}

const isAnswer = (message: unknown): boolean => isRecord(message) && isId(message["id"]) && isRaw(message)

/** Guards `port` for Comlink: only the functions in `names` can be asked for, with plain values. */
export const make = (port: Port, side: Side, names: ReadonlySet<string>): GuardedEndpoint => {
  let refused = 0
  const listeners = new Map<(event: { readonly data: unknown }) => void, (event: { readonly data: unknown }) => void>()
  const hearsThrows = side === "asks, and hears throws"
  const passes = {
    in: (message: unknown): boolean =>
      side === "answers"
        ? isQuestion(message, names)
        : isAnswer(message) || (hearsThrows && isRecord(message) && isId(message["id"]) && isThrow(message)),
    out: (message: unknown): boolean => (side === "answers" ? isAnswer(message) : isQuestion(message, names))
  }
  const attempt = (test: (message: unknown) => boolean, message: unknown): boolean => {
    try {
      return test(message)
    } catch {
      return false
    }
  }
  return {
    postMessage: (message, transfer) => {
      if (attempt(passes.out, message)) port.postMessage(message, transfer ?? [])
      else refused++
    },
    addEventListener: (type, listener) => {
      if (type !== "message" || listeners.has(listener)) return
      const guarded = (event: { readonly data: unknown }): void => {
        const message = hearsThrows ? heard(event.data) : event.data
        // only the data goes on: an event carries ports and a target as well
        if (attempt(passes.in, message)) listener({ data: message })
        else refused++
      }
      listeners.set(listener, guarded)
      port.addEventListener(type, guarded)
    },
    removeEventListener: (type, listener) => {
      const guarded = listeners.get(listener)
      if (guarded === undefined) return
      listeners.delete(listener)
      port.removeEventListener(type, guarded)
    },
    start: () => port.start?.(),
    refused: () => refused
  }
}
