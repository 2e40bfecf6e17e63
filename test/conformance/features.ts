/**
 * What every actor does, on whatever runtime, worker profile and link: one suite, called with each of them.
 *
 * What a target cannot do is a row too: the typed refusal, or the difference that is documented.
 */
import { describe } from "vitest"
import { adapters } from "./features/adapters.ts"
import { current, interruptions, mailbox, timeouts } from "./features/calls.ts"
import { streams } from "./features/streams.ts"
import { rows, type Target } from "./setup.ts"
import { workers } from "./features/workers.ts"

export const suite = (name: string, target: Target): void => {
  const row = rows(target)
  describe(name, () => {
    describe("adapters", () => adapters(target, row))
    describe("workers", () => workers(target, row))
    describe("mailbox", () => mailbox(target, row))
    describe("timeouts", () => timeouts(target, row))
    describe("interruption", () => interruptions(target, row))
    describe("calls", () => current(target, row))
    describe("streams", () => streams(target, row))
  })
}
