import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { documentsKey, insertText } from '../../data/document-list.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { ModalDialog } from '../../ui/modal-dialog.tsx'
import { Problem } from '../../ui/problem.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { useToasts } from '../../ui/toasts.tsx'
import { usePlace } from '../../work/place.ts'
import { useServices } from '../../work/services.ts'

/** Of a text that is typed or pasted, in characters; more is a file. */
const LONGEST = 5_000_000

/** Takes a text that is in no file. */
export function PasteDialog({
  isOpen,
  onClose,
}: {
  readonly isOpen: boolean
  readonly onClose: () => void
}) {
  const { t } = useTexts()
  const { http } = useServices()
  const place = usePlace()
  const toasts = useToasts()
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const [text, setText] = useState('')
  const insert = useMutation({
    mutationFn: () => insertText(http, place, text, name.trim()),
    onSuccess: async ({ status }) => {
      toasts.show({ text: t(status === 'duplicated' ? 'uploads.known' : 'uploads.taken') })
      setText('')
      setName('')
      onClose()
      await queries.invalidateQueries({ queryKey: documentsKey(place) })
    },
  })
  return (
    <ModalDialog title={t('documents.paste')} isOpen={isOpen} onClose={onClose} isWide>
      <TextInput
        label={t('documents.pasteName')}
        hint={t('documents.pasteNameHint')}
        value={name}
        onChange={setName}
        maxLength={1024}
      />
      <label className="field">
        <span className="label">{t('documents.pasteText')}</span>
        <textarea
          className="input"
          rows={12}
          value={text}
          maxLength={LONGEST}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      {insert.error !== null && <Problem error={insert.error} />}
      <div className="dialog-actions">
        <ActionButton onPress={onClose}>{t('app.cancel')}</ActionButton>
        <ActionButton
          look="primary"
          isBusy={insert.isPending}
          isDisabled={text.trim() === ''}
          onPress={() => insert.mutate()}
        >
          {t('documents.add')}
        </ActionButton>
      </div>
    </ModalDialog>
  )
}
