/**
 * The Effect side of troupe. Adapters import `troupe/adapter` instead, and programs one of the runtimes.
 */
export * as Actor from "./core/Actor.ts"
export * as ActorError from "./core/ActorError.ts"
export * as LinkProtocol from "./core/LinkProtocol.ts"
export * as WorkerBackend from "./core/WorkerBackend.ts"
export * as WorkerProfile from "./profiles/WorkerProfile.ts"
