/**
 * What every actor does, on whatever runtime, worker profile and link: one suite, called with each of them.
 *
 * What a target cannot do is a row too: the typed refusal, or the difference that is documented.
 */
import { describe } from "vitest"
import { adapters } from "./features/adapters.ts"
import { current, interruptions, mailbox, timeouts } from "./features/calls.ts"
import { backgrounds } from "./features/background.ts"
import { broadcast } from "./features/broadcast.ts"
import { bulk } from "./features/bulk.ts"
import { closing, cycles } from "./features/lifetime.ts"
import { flow } from "./features/flow.ts"
import { depth } from "./features/depth.ts"
import { errors } from "./features/errors.ts"
import { errorSchemas } from "./features/errorSchemas.ts"
import { invalid } from "./features/options.ts"
import { adopted, factories, objects } from "./features/given.ts"
import { callbacks, inputs, parents } from "./features/liveArguments.ts"
import { logs, spans } from "./features/observation.ts"
import { moves, serialization } from "./features/arguments.ts"
import { scheduling } from "./features/scheduling.ts"
import { sizing } from "./features/sizing.ts"
import { streams } from "./features/streams.ts"
import { rows, type Target } from "./setup.ts"
import { workers } from "./features/workers.ts"

export const suite = (name: string, target: Target): void => {
  const row = rows(target)
  describe(name, () => {
    describe("adapters", () => adapters(target, row))
    describe("workers", () => workers(target, row))
    describe("background", () => backgrounds(target, row))
    describe("mailbox", () => mailbox(target, row))
    describe("scheduling", () => scheduling(target, row))
    describe("sizing", () => sizing(target, row))
    describe("timeouts", () => timeouts(target, row))
    describe("interruption", () => interruptions(target, row))
    describe("calls", () => current(target, row))
    describe("streams", () => streams(target, row))
    describe("broadcast", () => broadcast(target, row))
    describe("bulk", () => bulk(target, row))
    describe("streams of inputs", () => flow(target, row))
    describe("callbacks", () => callbacks(target, row))
    describe("input streams", () => inputs(target, row))
    describe("parents", () => parents(target, row))
    describe("factories", () => factories(target, row))
    describe("objects", () => objects(target, row))
    // what a factory makes does not depend on the profile, nor on the link
    if (target.profile === "thread" && target.link === "frames") describe("adopted workers", () => adopted(row))
    describe("errors", () => errors(target, row))
    describe("declared errors", () => errorSchemas(target, row))
    describe("serialization", () => serialization(target, row))
    describe("depth", () => depth(target, row))
    describe("moving", () => moves(target, row))
    describe("logs", () => logs(target, row))
    describe("spans", () => spans(target, row))
    describe("cycles", () => cycles(target, row))
    describe("closing", () => closing(target, row))
    describe("options", () => invalid(target, row))
  })
}
