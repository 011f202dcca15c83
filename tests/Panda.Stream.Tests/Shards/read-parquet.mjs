// Prints what an independent reader finds in a Parquet file: {"metadata": {...}, "schema": [...], "codecs": [...], "rows": [...]}.
// 64-bit integers are printed as text, which JSON's numbers cannot hold.
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

const file = await asyncBufferFromFile(process.argv[2])
const footer = await parquetMetadataAsync(file)
const rows = await parquetReadObjects({ file, metadata: footer, compressors })
const metadata = Object.fromEntries(footer.key_value_metadata.map(({ key, value }) => [key, value]))
const codecs = [...new Set(footer.row_groups.flatMap(group => group.columns.map(column => column.meta_data.codec)))]
// The root has no type, and a name that no reader looks at.
const schema = footer.schema.slice(1).map(({ logical_type, ...element }) => element)
const plain = (_, value) => typeof value === 'bigint' ? value.toString() : ArrayBuffer.isView(value) ? [...value] : value
process.stdout.write(JSON.stringify({ metadata, schema, codecs, rows }, plain))
