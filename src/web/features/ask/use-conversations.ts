import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { ApiError } from '../../api/api-error.ts'
import type { Conversation, Turn } from '../../data/ask-types.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import { problemText } from '../../ui/problem.tsx'
import { useMay, usePlace } from '../../work/place.ts'
import { useServices } from '../../work/services.ts'
import { type AskSettings, askedBody } from './ask-settings.ts'
import { ConversationStore } from './conversation-store.ts'
import { readAnswer } from './read-answer.ts'

/** Turns that go along with a question. */
const MOST_HISTORY = 6
const LONGEST_TITLE = 80

export interface Conversations {
  readonly all: readonly Conversation[]
  readonly open: Conversation | undefined
  readonly isAsking: boolean
  choose(id: string | undefined): void
  ask(question: string, settings: AskSettings): void
  stop(): void
  remove(id: string): void
  pin(id: string): void
}

/** Conversations of this place, and the one that is going on. */
export function useConversations(): Conversations {
  const { http } = useServices()
  const texts = useTexts()
  const place = usePlace()
  const may = useMay()
  const { account, tenantId, kb } = place
  const store = useMemo(() => new ConversationStore(account, tenantId, kb), [account, tenantId, kb])
  const [all, setAll] = useState<readonly Conversation[]>([])
  const [openId, setOpenId] = useState<string>()
  const [isAsking, setAsking] = useState(false)
  const running = useRef<AbortController>(undefined)
  const shown = useRef(all)
  shown.current = all

  useEffect(() => {
    let isWanted = true
    void store.list().then(
      (found) => {
        if (isWanted) setAll(found.map(ended))
      },
      // Without a database conversations last as long as the page.
      () => undefined,
    )
    return () => {
      isWanted = false
      running.current?.abort()
    }
  }, [store])

  const put = useCallback(
    (conversation: Conversation, isKept: boolean) => {
      setAll((before) => [conversation, ...before.filter(({ id }) => id !== conversation.id)])
      if (isKept) void store.save(conversation).catch(() => undefined)
    },
    [store],
  )

  const ask = useCallback(
    (question: string, settings: AskSettings) => {
      const known = shown.current.find(({ id }) => id === openId)
      const conversation = known ?? begun(question, store.scope)
      const body = askedBody(question, settings, historyOf(conversation), may('document:read'))
      const abort = new AbortController()
      running.current?.abort()
      running.current = abort
      let turn: Turn = {
        id: crypto.randomUUID(),
        question,
        answer: '',
        references: [],
        mode: body.mode,
        askedAt: new Date().toISOString(),
        state: 'streaming',
      }
      const show = (change: Partial<Turn>, isKept = false) => {
        turn = { ...turn, ...change }
        const changedAt = new Date().toISOString()
        put({ ...conversation, changedAt, turns: [...conversation.turns, turn] }, isKept)
      }
      const run = async () => {
        const response = await http.send('query/stream', {
          method: 'POST',
          json: body,
          place,
          signal: abort.signal,
        })
        if (response.body !== null) await readAnswer(response.body, show)
      }
      setOpenId(conversation.id)
      setAsking(true)
      show({})
      void run()
        .catch((error: unknown) => {
          // What came of an answer stays, whoever ended it.
          if (abort.signal.aborted) show({ state: 'stopped' }, true)
          else if (isAbort(error)) show({ state: 'stopped' })
          else show({ state: 'failed', problem: said(error, problemText(error, texts)) }, true)
        })
        .finally(() => {
          if (running.current !== abort) return
          running.current = undefined
          setAsking(false)
        })
    },
    [http, may, openId, place, put, store, texts],
  )

  return {
    all,
    open: all.find(({ id }) => id === openId),
    isAsking,
    choose: setOpenId,
    ask,
    stop: () => running.current?.abort(),
    remove: (id) => {
      setAll((before) => before.filter((one) => one.id !== id))
      if (id === openId) setOpenId(undefined)
      void store.remove(id).catch(() => undefined)
    },
    pin: (id) => {
      const found = all.find((one) => one.id === id)
      if (found !== undefined) put({ ...found, isPinned: !found.isPinned }, true)
    },
  }
}

function begun(question: string, scope: string): Conversation {
  const title = [...question.trim().replaceAll(/\s+/g, ' ')].slice(0, LONGEST_TITLE).join('')
  const changedAt = new Date().toISOString()
  return { id: crypto.randomUUID(), scope, title, changedAt, isPinned: false, turns: [] }
}

function historyOf({ turns }: Conversation) {
  return turns
    .filter(({ state, answer }) => state === 'done' && answer !== '')
    .slice(-MOST_HISTORY)
    .flatMap(({ question, answer }) => [
      { role: 'user' as const, content: question },
      { role: 'assistant' as const, content: answer },
    ])
}

/** What a reload cut off is not going on. */
function ended(conversation: Conversation): Conversation {
  const turns = conversation.turns.map(
    (turn): Turn => (turn.state === 'streaming' ? { ...turn, state: 'stopped' } : turn),
  )
  return { ...conversation, turns }
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}

function said(error: unknown, text: string): string {
  const id = error instanceof ApiError ? error.requestId : undefined
  return id === undefined ? text : `${text} (${id})`
}
