/**
 * The Effect side of troupe. Adapters import `troupe/adapter` instead, and programs one of the runtimes.
 */
/** Actors: ordinary code, called as if it were local, that runs in a pool of workers. */
export * as Actor from "./Actor.ts"
/** What can go wrong, one tagged class each. */
export * as ActorError from "./core/ActorError.ts"
/** Where the program runs: on a build server, a developer's machine, or in production. */
export * as Environment from "./core/Environment.ts"
/** How calls travel to a worker: in frames, or as plain Comlink calls. */
export * as LinkProtocol from "./core/LinkProtocol.ts"
/** Whether work is worth spreading, and over how many workers: plain functions. */
export * as Parallelism from "./core/Parallelism.ts"
/** Orders and routes: plain functions for executors of one's own. */
export * as Scheduling from "./core/Scheduling.ts"
/** What a piece of work costs, next to others. */
export * as Weight from "./core/Weight.ts"
/** The seam between troupe and a runtime. */
export * as WorkerBackend from "./core/WorkerBackend.ts"
/** How many workers there are, and by whose rules. */
export * as WorkerCount from "./core/WorkerCount.ts"
/** How workers exist: in threads, or in the thread of their caller. */
export * as WorkerProfile from "./profiles/WorkerProfile.ts"
/** What kind of work an actor does. */
export * as Workload from "./core/Workload.ts"
/** The sizing numbers of a workload in an environment. */
export * as WorkloadProfile from "./core/WorkloadProfile.ts"
/** The standard sizing numbers, and layers that replace them. */
export * as WorkloadProfiles from "./profiles/WorkloadProfiles.ts"
