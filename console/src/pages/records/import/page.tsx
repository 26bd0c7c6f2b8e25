import { Anchor } from '@mantine/core';
import { Link, useParams } from 'react-router';
import { path } from '../../../api/client.ts';
import { useRecordType } from '../../../api/use-catalogue.ts';
import { PageHead } from '../../../components/page-head.tsx';
import { Earlier } from './earlier.tsx';
import { Wizard } from './wizard.tsx';

export function Page() {
  const { type: key = '' } = useParams();
  const type = useRecordType(key);
  return (
    <>
      <PageHead
        title={`Import ${type.plural.toLowerCase()}`}
        lead={
          <>
            A file of rows, each found by a key; what it leaves out stays as it is.{' '}
            <Anchor component={Link} underline="always" to={path`/records/${key}`}>
              Back to {type.plural.toLowerCase()}
            </Anchor>
          </>
        }
      />
      <Wizard key={key} type={type} />
      <Earlier type={type} />
    </>
  );
}
