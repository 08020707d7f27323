import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { PART, type TextPart, textPartOptions } from '../../data/document-list.ts'
import type { Texts } from '../../i18n/text.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { Problem } from '../../ui/problem.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { usePlace } from '../../work/place.ts'
import type { Range } from '../../work/reader-address.ts'
import { useServices } from '../../work/services.ts'
import { markedPieces } from './marked-pieces.ts'

interface DocumentTextProps {
  readonly documentId: string
  readonly range: Range | undefined
}

/** Headings in the list beside the text; the server tells of more. */
const MOST_HEADINGS = 300

/** The text, loaded part by part around where one reads. */
export function DocumentText({ documentId, range }: DocumentTextProps) {
  const { t } = useTexts()
  const { http } = useServices()
  const place = usePlace()
  const [target, setTarget] = useState<Range | undefined>(range)
  const shown = useShownParts(target)
  // The first part tells the length of all, and its headings.
  const first = useQuery(textPartOptions(http, place, documentId, 0))
  useEffect(() => setTarget(range), [range])
  if (first.error !== null) {
    return <Problem error={first.error} onRetry={() => void first.refetch()} />
  }
  if (first.data === undefined) return <Skeleton lines={14} height={16} />
  const parts = Math.max(1, Math.ceil(first.data.length / PART))
  const { from, to } = shown
  const last = Math.min(parts - 1, to)
  return (
    <div className="reading">
      {first.data.headings.length > 0 && (
        <Outline
          headings={first.data.headings}
          onGo={(start) => setTarget({ start, end: start + 1 })}
        />
      )}
      <p className="sr-only" role="status">
        {range === undefined ? '' : whereIn(first.data, range, t)}
      </p>
      <div className="paper" dir="auto">
        {from > 0 && (
          <ActionButton look="quiet" onPress={() => shown.show(from - 1)}>
            {t('reader.earlier')}
          </ActionButton>
        )}
        {Array.from({ length: last - from + 1 }, (_, i) => from + i).map((part) => (
          <Part key={part} documentId={documentId} part={part} target={target} marked={range} />
        ))}
        {last < parts - 1 && <MoreBelow key={last} onSeen={() => shown.show(last + 1)} />}
      </div>
    </div>
  )
}

/** The passage in words: its page and its heading. */
function whereIn({ headings, pages }: TextPart, { start }: Range, t: Texts['t']): string {
  const heading = headings.findLast((one) => one.start <= start)?.title
  const page = pages.findLast((one) => one.start <= start)?.page
  const parts = [
    t('reader.passage'),
    page === undefined ? '' : t('reader.page', { page }),
    heading ?? '',
  ]
  return parts.filter((part) => part !== '').join(', ')
}

/** From which part to which is shown: a stretch without gaps. */
function useShownParts(target: Range | undefined) {
  const around = useMemo(() => {
    const from = Math.floor((target?.start ?? 0) / PART)
    return { from, to: Math.floor(Math.max(0, (target?.end ?? 1) - 1) / PART) }
  }, [target])
  const [shown, setShown] = useState(around)
  const [of, setOf] = useState(around)
  if (of !== around) {
    setOf(around)
    const isNear = around.from >= shown.from - 1 && around.to <= shown.to + 1
    setShown(
      isNear
        ? { from: Math.min(shown.from, around.from), to: Math.max(shown.to, around.to) }
        : around,
    )
  }
  const show = (part: number) =>
    setShown((before) => ({ from: Math.min(before.from, part), to: Math.max(before.to, part) }))
  return { ...shown, show }
}

interface PartProps {
  readonly documentId: string
  readonly part: number
  /** Where to go. */
  readonly target: Range | undefined
  /** What is highlighted. */
  readonly marked: Range | undefined
}

function Part({ documentId, part, target, marked }: PartProps) {
  const { http } = useServices()
  const place = usePlace()
  const found = useQuery(textPartOptions(http, place, documentId, part))
  const goal = useRef<HTMLElement>(null)
  const { data } = found
  const isHere = data !== undefined && target !== undefined && isIn(target.start, data)
  useEffect(() => {
    if (!isHere || target === undefined) return
    goal.current?.scrollIntoView({ block: 'center' })
    goal.current?.focus({ preventScroll: true })
  }, [isHere, target])
  if (found.error !== null) {
    return <Problem error={found.error} onRetry={() => void found.refetch()} />
  }
  if (data === undefined) return <Skeleton lines={10} height={16} />
  const pieces = markedPieces(data, marked, isHere ? target?.start : undefined)
  return (
    <div className="part">
      {pieces.map(({ key, text, isMarked, isGoal }) => {
        const ref = isGoal ? { ref: goal, tabIndex: -1 } : {}
        return isMarked ? (
          <mark key={key} {...ref}>
            {text}
          </mark>
        ) : (
          <span key={key} {...ref}>
            {text}
          </span>
        )
      })}
    </div>
  )
}

function isIn(at: number, { from, to }: TextPart): boolean {
  return at >= from && at < to
}

function MoreBelow({ onSeen }: { readonly onSeen: () => void }) {
  const end = useRef<HTMLDivElement>(null)
  const seen = useRef(onSeen)
  seen.current = onSeen
  useEffect(() => {
    if (end.current === null) return undefined
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) seen.current()
      },
      { rootMargin: '600px' },
    )
    observer.observe(end.current)
    return () => observer.disconnect()
  }, [])
  return (
    <div ref={end}>
      <Skeleton lines={4} height={16} />
    </div>
  )
}

interface OutlineProps {
  readonly headings: TextPart['headings']
  readonly onGo: (start: number) => void
}

function Outline({ headings, onGo }: OutlineProps) {
  const { t } = useTexts()
  return (
    <nav className="outline" aria-label={t('reader.outline')}>
      <h2 className="small soft">{t('reader.outline')}</h2>
      <ul>
        {headings.slice(0, MOST_HEADINGS).map(({ level, title, start }) => (
          <li key={start} style={{ paddingInlineStart: (Math.min(level, 5) - 1) * 12 }}>
            <button type="button" className="outline-link truncate" onClick={() => onGo(start)}>
              {title}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  )
}
