import { useState } from 'react'
import type { Chosen, DocumentFilter, DocumentRow } from '../../data/document-list.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { ModalDialog } from '../../ui/modal-dialog.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { useMay } from '../../work/place.ts'

interface BulkBarProps {
  readonly chosen: readonly DocumentRow[]
  /** How many the filter leaves, on all pages. */
  readonly total: number
  readonly filter: DocumentFilter
  readonly isPageChosen: boolean
  readonly onDelete: (chosen: Chosen, count: number) => void
  readonly onRetry: (chosen: Chosen) => void
  readonly onClear: () => void
}

/** So many are not deleted by one press. */
const MANY = 20
/** For so many their number has to be typed. */
const VERY_MANY = 50

/** What can be done with the documents that are ticked. */
export function BulkBar(props: BulkBarProps) {
  const { chosen, total, filter, isPageChosen, onDelete, onRetry, onClear } = props
  const { t } = useTexts()
  const may = useMay()
  const [isAsking, setAsking] = useState(false)
  const [areAllMeant, setAllMeant] = useState(false)
  const [typed, setTyped] = useState('')
  if (chosen.length === 0) return null
  // A filter that leaves everything names nothing: the server wants one that leaves out something.
  const isFiltered = Object.keys(filter).length > 0
  const mayMeanAll = isPageChosen && isFiltered && total > chosen.length
  const isAll = areAllMeant && mayMeanAll
  const count = isAll ? total : chosen.length
  const meant: Chosen = isAll ? { filter } : { doc_ids: chosen.map(({ id }) => id) }
  const hasFailed = isAll || chosen.some(({ status }) => status === 'failed')
  const isTypingNeeded = count > VERY_MANY
  const remove = () => {
    setAsking(false)
    setTyped('')
    onDelete(meant, count)
  }
  return (
    <div className="bulk-bar" role="toolbar" aria-label={t('documents.bulk')}>
      <strong>{t('documents.chosen', { count })}</strong>
      {mayMeanAll && !isAll && (
        <ActionButton look="quiet" onPress={() => setAllMeant(true)}>
          {t('documents.meanAll', { count: total })}
        </ActionButton>
      )}
      <span className="grow" />
      {may('document:update') && hasFailed && (
        <ActionButton icon="retry" onPress={() => onRetry(meant)}>
          {t('documents.retry')}
        </ActionButton>
      )}
      {may('document:delete') && (
        <ActionButton
          icon="trash"
          look="danger"
          onPress={() => (count >= MANY ? setAsking(true) : remove())}
        >
          {t('documents.delete')}
        </ActionButton>
      )}
      <ActionButton icon="close" look="quiet" onPress={onClear}>
        {t('app.clear')}
      </ActionButton>
      <ModalDialog
        title={t('documents.deleteMany', { count })}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        role="alertdialog"
      >
        <p>{t('documents.deleteHint')}</p>
        {isTypingNeeded && (
          <TextInput
            label={t('documents.deleteTyped', { count: String(count) })}
            value={typed}
            onChange={setTyped}
          />
        )}
        <div className="dialog-actions">
          <ActionButton onPress={() => setAsking(false)}>{t('app.cancel')}</ActionButton>
          <ActionButton
            look="danger"
            icon="trash"
            isDisabled={isTypingNeeded && typed.trim() !== String(count)}
            onPress={remove}
          >
            {t('documents.delete')}
          </ActionButton>
        </div>
      </ModalDialog>
    </div>
  )
}
