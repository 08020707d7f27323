import { useTexts } from '../i18n/use-texts.ts'

/** Lines in the place of what is still loading, of the height that it will have. */
export function Skeleton({
  lines = 3,
  height = 14,
}: {
  readonly lines?: number
  readonly height?: number
}) {
  const { t } = useTexts()
  return (
    <div className="stack" role="status" aria-label={t('app.loading')}>
      {LINES.slice(0, lines).map(([key, width]) => (
        <span key={key} className="skeleton" style={{ width: `${width}%`, height }} />
      ))}
    </div>
  )
}

/** Uneven, as lines of a text are. */
const LINES = [...'abcdefghijklmno'].map((key, i) => [key, 58 + ((i * 17) % 40)] as const)
