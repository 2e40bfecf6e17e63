/**
 * The methods of an adapter as plain Comlink calls: the reference against which frames are measured and tested.
 *
 * Every call is one Comlink call, so there are no streams, no claims and no cancellation inside the worker. Answers are
 * settlements as data, because Comlink's own errors lose what matters.
 */
import * as Comlink from "comlink"
import { findCulprit, isCloneable } from "../wire/Cloneable.ts"
import { encode, type EncodedError } from "../wire/EncodedError.ts"
import * as Frame from "../wire/Frame.ts"
import * as GuardedEndpoint from "../wire/GuardedEndpoint.ts"
import type { Port } from "../wire/Port.ts"
import type { Entry } from "./MethodTable.ts"

/** What a method answers over this link: a code of `Frame` and what belongs to it. */
export type Settlement =
  | readonly [code: typeof Frame.Succeeded, value: unknown]
  | readonly [code: typeof Frame.Failed, error: EncodedError]
  | readonly [code: typeof Frame.Unserializable, path: string, description: string]

const settle = async (entry: Entry, args: Array<unknown>): Promise<Settlement> => {
  try {
    const value = await entry.run.apply(entry.self, args)
    if (isCloneable(value)) return [Frame.Succeeded, value]
    const culprit = findCulprit(value, "result")
    return [Frame.Unserializable, culprit?.path ?? "result", culprit?.description ?? "a value that cannot be cloned"]
  } catch (error) {
    return [Frame.Failed, encode(error)]
  }
}

/** Exposes the methods of `table` on `port`. Returns how many messages were refused so far. */
export const exposeMethods = (table: ReadonlyArray<Entry>, port: Port): (() => number) => {
  const methods: Record<string, (...args: Array<unknown>) => Promise<Settlement>> = Object.create(null)
  for (const entry of table) methods[entry.info.name] = (...args) => settle(entry, args)
  const guarded = GuardedEndpoint.make(port, "answers", new Set(Object.keys(methods)))
  // Comlink's endpoint names the DOM's listener types; the guard is a structural match for the part that it uses
  Comlink.expose(methods, guarded as unknown as Comlink.Endpoint)
  return guarded.refused
}
