/**
 * Errors that an actor declares.
 *
 * What a worker throws arrives as data. An actor that names a Schema for some of it has these come back as values of
 * the Schema - instances of its own classes, in the error channel, beside {@link ActorError}.
 */
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as SchemaParser from "effect/SchemaParser"

/** A Schema of errors that decodes without services and without waiting. */
export type ErrorSchema<E> = Schema.ConstraintDecoder<E>

/** Reads what was thrown as a declared error; `undefined` when it is none. */
export type ReadDeclared = (thrown: unknown) => { readonly error: unknown } | undefined

/** How the errors of `schema` are read. Never throws: a Schema that cannot decode at once declares nothing. */
export const reader = (schema: ErrorSchema<unknown> | undefined): ReadDeclared => {
  if (schema === undefined) return () => undefined
  const decode = SchemaParser.decodeUnknownResult(schema)
  return (thrown) => {
    try {
      const result = decode(thrown)
      return Result.isSuccess(result) ? { error: result.success } : undefined
    } catch {
      return undefined
    }
  }
}
