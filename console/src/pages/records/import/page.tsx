import { Anchor } from '@mantine/core';
import { Link, useParams } from 'react-router';
import { path } from '../../../api/client.ts';
import { useMe } from '../../../api/session.ts';
import { useRecordType } from '../../../api/use-catalogue.ts';
import { Empty } from '../../../components/empty.tsx';
import { PageHead } from '../../../components/page-head.tsx';
import { Earlier } from './earlier.tsx';
import { modesFor } from './modes.ts';
import { Wizard } from './wizard.tsx';

export function Page() {
  const { type: key = '' } = useParams();
  const type = useRecordType(key);
  const [first, ...others] = modesFor(useMe(), type);
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
      {first === undefined ? (
        <Empty title={`You may import no ${type.plural.toLowerCase()}`}>
          That takes the grant to create or edit them, which an administrator gives in Users and grants.
        </Empty>
      ) : (
        <Wizard key={key} type={type} modes={[first, ...others]} />
      )}
      <Earlier type={type} />
    </>
  );
}
