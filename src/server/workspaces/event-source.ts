import { timerMs } from '../../engine/work/timer-ms.ts'
import type { EventSource, ServerEvent } from '../../routes/events.ts'
import type { ContextCarrier } from '../../tenancy/context.ts'
import type { OpenStream, OpenStreams } from '../../tenancy/proxy/open-streams.ts'
import { TenancyError } from '../../tenancy/tenancy-error.ts'
import type { Listener, WorkspaceEvents } from './workspace-events.ts'

/** Readers of one process. */
const MOST_LISTENERS = 2000
/** A sign of life, so that neither client nor proxy gives up. */
const HEARTBEAT_MS = 20_000

export interface EventSourceOptions {
  readonly events: WorkspaceEvents
  readonly context: ContextCarrier
  /** Ends the streams of callers whose access is gone. */
  readonly streams: OpenStreams
  /** Longest life of a stream, in milliseconds. */
  readonly maxMs: number
}

/** What happens in the workspace of the caller, for as long as they have access to it. */
export function eventSource(options: EventSourceOptions): EventSource {
  return {
    open(lastId, signal) {
      const caller = options.context.current()
      if (caller === undefined) throw new TenancyError('missing_context', 'There is no caller')
      if (options.events.listeners >= MOST_LISTENERS) {
        const message = 'Too many listen to events already; try again later'
        throw new TenancyError('too_many_queries', message, { retryAfterSeconds: 30 })
      }
      const listener = options.events.listen(caller.workspace, lastId)
      const open = options.streams.add(caller)
      let isOver = false
      const end = () => {
        if (isOver) return
        isOver = true
        signal.removeEventListener('abort', end)
        open.closed()
        listener.close()
      }
      // Of a client that has left before, nobody reads what is heard, so no `finally` of it ever runs.
      if (signal.aborted) end()
      else signal.addEventListener('abort', end, { once: true })
      return heard({ listener, open, signal, maxMs: options.maxMs, end })
    },
  }
}

interface Heard {
  readonly listener: Listener
  readonly open: OpenStream
  readonly signal: AbortSignal
  readonly maxMs: number
  /** Gives back what is held for it. A second call does nothing. */
  readonly end: () => void
}

async function* heard({
  listener,
  open,
  signal,
  maxMs,
  end,
}: Heard): AsyncGenerator<ServerEvent | null> {
  const until = performance.now() + maxMs
  try {
    while (!signal.aborted) {
      if (open.ending.aborted) {
        yield ended(open.ending.reason)
        return
      }
      const event = listener.take()
      if (event !== undefined) {
        yield event
        continue
      }
      const left = until - performance.now()
      if (left <= 0) return
      const woken = await somethingOr(listener, [signal, open.ending], Math.min(left, HEARTBEAT_MS))
      if (!woken && performance.now() < until) yield null
    }
  } finally {
    end()
  }
}

/** Resolves to whether there was something before the time was over. */
function somethingOr(
  listener: Listener,
  signals: readonly AbortSignal[],
  ms: number,
): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (woken: boolean) => {
      clearTimeout(timer)
      for (const signal of signals) signal.removeEventListener('abort', wake)
      resolve(woken)
    }
    const wake = () => settle(true)
    const timer = setTimeout(() => settle(false), timerMs(ms)).unref()
    for (const signal of signals) signal.addEventListener('abort', wake, { once: true })
    listener.whenReady(wake)
  })
}

function ended(reason: unknown): ServerEvent {
  const [event, message] =
    reason instanceof TenancyError && reason.code === 'access_ended'
      ? ['access.ended', reason.message]
      : ['closing', 'The server ends; come back shortly']
  return { id: '', event, data: { message } }
}
