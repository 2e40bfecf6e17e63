/**
 * Errors that both sides of an actor know.
 */
import * as Data from "effect/Data"
import * as Schema from "effect/Schema"

export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", {
  key: Schema.String,
  at: Schema.DateTimeUtcFromMillis
}) {
  get shouted(): string {
    return this.key.toUpperCase()
  }
}

/** Thrown in the worker as what Effect's own `Data` makes. */
export class RemoteDenied extends Data.TaggedError("Denied")<{ readonly user: string }> {}

/** What the main side makes of it. */
export class Denied extends Schema.TaggedError<Denied>()("Denied", { user: Schema.String }) {}
