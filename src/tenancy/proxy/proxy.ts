import type { ContextCarrier, TenantContext } from '../context.ts'
import type { EngineSource, Lease } from '../pool/lease.ts'
import { TenancyError } from '../tenancy-error.ts'
import { LeasedStream } from './leased-stream.ts'
import type { OpenStreams } from './open-streams.ts'

export interface ProxyOptions<T extends object> {
  /** Methods that return promises. What is in neither list does not exist on the proxy. */
  readonly methods: readonly (keyof T & string)[]
  /** Methods that return an async iterable, at once. */
  readonly streams?: readonly (keyof T & string)[]
  readonly pool: EngineSource<T>
  readonly context: ContextCarrier
  /** A stream that nobody pulls for this long after it opened gives its lease back. */
  readonly abandonAfterMs?: number
  /** Keeps count of the open streams, and ends them. */
  readonly openStreams?: OpenStreams
  /** Told before a method runs, and before each step of a stream; its answer is called afterwards. */
  readonly onTurn?: ((caller: TenantContext, method: string) => () => void) | undefined
}

/**
 * An object with T's methods and no state, which sends each call to the engine of the workspace
 * that the calling context names.
 *
 * Touching a method captures the context of that moment; without one it throws `missing_context`.
 * The captured method may be called later without a context (a timer, a task after the response):
 * it serves the captured workspace. Called inside the context of *another* workspace it throws
 * `foreign_context`, because whoever kept the method would leak. The engine stays leased until the
 * promise settles, or until the stream ends, fails or is left.
 *
 * It has getters and no prototype rather than traps: `then`, `toJSON`, symbols and unknown names
 * are simply not there, so awaiting or logging it touches no engine.
 */
export function createProxy<T extends object>(options: ProxyOptions<T>): T {
  const getters: PropertyDescriptorMap = {}
  for (const name of options.methods) {
    getters[name] = { get: () => capture(options, name, callMethod) }
  }
  for (const name of options.streams ?? []) {
    getters[name] = { get: () => capture(options, name, openStream) }
  }
  return Object.freeze(Object.create(null, getters))
}

/** One call of a method: where it belongs, and whether it was made there. */
interface Call {
  readonly captured: TenantContext
  readonly inside: boolean
  readonly name: string
  readonly args: unknown[]
}

type Forward = <T extends object>(options: ProxyOptions<T>, call: Call) => unknown

function capture<T extends object>(options: ProxyOptions<T>, name: string, forward: Forward) {
  const captured = options.context.current()
  if (captured === undefined) {
    throw new TenancyError('missing_context', `"${name}" was used outside any request`)
  }
  return (...args: unknown[]) => {
    const caller = options.context.current()
    const inside = caller === captured
    if (!inside && caller !== undefined && caller.workspace !== captured.workspace) {
      throw new TenancyError('foreign_context', `"${name}" was kept from another request`)
    }
    return forward(options, { captured, inside, name, args })
  }
}

async function callMethod<T extends object>(
  { pool, context, onTurn }: ProxyOptions<T>,
  { captured, inside, name, args }: Call,
): Promise<unknown> {
  const signal = signalAmong(args)
  const ready = signal?.aborted ? undefined : pool.leaseNow?.(captured.workspace)
  const lease = ready ?? (await pool.acquire(captured.workspace, { signal }))
  const end = onTurn?.(captured, name)
  try {
    if (inside) return await invoke(lease, name, args)
    return await context.run(captured, () => invoke(lease, name, args))
  } finally {
    lease.release()
    end?.()
  }
}

function openStream<T extends object>(
  { pool, context, openStreams, onTurn, abandonAfterMs = 30_000 }: ProxyOptions<T>,
  { captured, name, args }: Call,
): AsyncIterable<unknown> {
  const open = openStreams?.add(captured)
  return new LeasedStream({
    acquire: (signal) => pool.acquire(captured.workspace, { signal }),
    open: (lease) => asIterable(invoke(lease, name, args), name),
    // Generators run in the context of whoever pulls; this one's work belongs to the caller.
    within: (work) => {
      onTurn?.(captured, name)
      return context.run(captured, work)
    },
    outside: (work) => context.exit(work),
    signal: signalAmong(args),
    ending: open?.ending,
    onEnd: open?.closed,
    abandonAfterMs,
  })
}

function invoke<T extends object>(lease: Lease<T>, name: string, args: unknown[]): unknown {
  const method: unknown = Reflect.get(lease.engine, name)
  if (typeof method !== 'function') {
    throw new TenancyError('method_not_served', `The engine has no method "${name}"`)
  }
  return Reflect.apply(method, lease.engine, args)
}

function asIterable(value: unknown, name: string): AsyncIterable<unknown> {
  if (isAsyncIterable(value)) return value
  throw new TenancyError('method_not_served', `"${name}" of the engine returned no stream`)
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

/** An abort signal travels beside the arguments: as one of them, or as `signal` of one of them. */
function signalAmong(args: readonly unknown[]): AbortSignal | undefined {
  for (const argument of args) {
    if (argument instanceof AbortSignal) return argument
    if (typeof argument !== 'object' || argument === null || !('signal' in argument)) continue
    if (argument.signal instanceof AbortSignal) return argument.signal
  }
  return undefined
}
