import { defineMigration, mergeColumns } from 'bellows'

export default defineMigration({
  description: 'Two columns become one; the last word of a line is the house number when it begins with a digit',
  intents: [
    mergeColumns({
      table: 'addresses',
      columns: ['street', 'house_number'],
      into: 'street_line',
      type: { postgres: 'text', mysql: 'varchar(130)' },
      up: "concat_ws(' ', street, house_number)",
      down: {
        street: "coalesce(regexp_replace(street_line, ' [0-9][^ ]*$', ''), '')",
        house_number: {
          postgres: "substring(street_line from ' ([0-9][^ ]*)$')",
          mysql: "if(street_line regexp ' [0-9][^ ]*$', substring_index(street_line, ' ', -1), null)",
        },
      },
      onError: { street: "coalesce(left(street_line, 100), '')" },
    }),
  ],
})
