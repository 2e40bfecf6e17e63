/**
 * The Effect side of troupe. Adapters import `troupe/adapter` instead, and programs one of the runtimes.
 */
export * as Actor from "./Actor.ts"
export * as ActorError from "./core/ActorError.ts"
export * as Environment from "./core/Environment.ts"
export * as LinkProtocol from "./core/LinkProtocol.ts"
export * as Parallelism from "./core/Parallelism.ts"
export * as Scheduling from "./core/Scheduling.ts"
export * as Weight from "./core/Weight.ts"
export * as WorkerBackend from "./core/WorkerBackend.ts"
export * as WorkerCount from "./core/WorkerCount.ts"
export * as WorkerProfile from "./profiles/WorkerProfile.ts"
export * as Workload from "./core/Workload.ts"
export * as WorkloadProfile from "./core/WorkloadProfile.ts"
export * as WorkloadProfiles from "./profiles/WorkloadProfiles.ts"
