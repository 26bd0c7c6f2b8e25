/** A custom object as the vendor shows it. */
import { type Call, timestamp } from '../call.ts';
import { systemUserId } from '../options.ts';
import { type CustomObject, objectFlags } from '../schema/view.ts';

export const objectUrl = (call: Pick<Call, 'api'>, object: CustomObject): string =>
  `${call.api}/custom_objects/${object.key}.json`;

/** Every member is always there: typed clients fail on one that is missing. */
export function renderObject(call: Pick<Call, 'api'>, object: CustomObject): unknown {
  const { type, extra } = object;
  return {
    url: objectUrl(call, object),
    key: object.key,
    title: type.label,
    raw_title: type.label,
    title_pluralized: type.plural,
    raw_title_pluralized: type.plural,
    description: type.description,
    raw_description: type.description,
    include_in_list_view: extra.include_in_list_view ?? objectFlags.include_in_list_view,
    allows_photos: extra.allows_photos ?? objectFlags.allows_photos,
    allows_attachments: extra.allows_attachments ?? objectFlags.allows_attachments,
    created_by_user_id: extra.created_by_user_id ?? systemUserId,
    updated_by_user_id: extra.updated_by_user_id ?? systemUserId,
    created_at: timestamp(new Date(type.createdAt)),
    updated_at: timestamp(new Date(type.updatedAt)),
  };
}
