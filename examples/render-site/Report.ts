import * as Schema from "effect/Schema"

/** What one run says about itself. */
export const Report = Schema.Struct({
  /** Name and version. */
  runtime: Schema.String,
  /** 0 when the pages were rendered inline, on the main thread. */
  workers: Schema.Int,
  pages: Schema.Int,
  /** From the first call to the last result; the first worker has started by then. */
  seconds: Schema.Finite
})

export type Report = typeof Report.Type
