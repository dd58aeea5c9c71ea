/** The example that `init` writes. Its extension keeps it from running. */
export const exampleTemplate = `// An example. \`migrate new rename_user_name --intent renameColumn\` writes one with a name and a time.
import { defineMigration, renameColumn } from 'bellows'

export default defineMigration({
  intents: [
    // From expand to contract both names work, for reads and writes.
    renameColumn({ table: 'users', from: 'name', to: 'full_name' }),
  ],
})
`
