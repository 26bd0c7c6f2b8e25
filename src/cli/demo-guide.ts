/** What `keyway serve --demo` prints under its ready line: credentials, and one call to try for each family of clients. */

export function demoGuide(base: string): string {
  const json = `-H 'Content-Type: application/json'`;
  const bearer = `-H 'Authorization: Bearer kw_demo_admin'`;
  const workspace = '755053b0-ba42-494a-b467-8c2cf408be65';
  return `
Console            ${base}/
API reference      ${base}/docs/
Users              admin@keyway.test, power@keyway.test, member@keyway.test; password keyway-demo
Bearer tokens      kw_demo_admin, kw_demo_power, kw_demo_member
OAuth 1.0a         realm KEYWAY_DEMO, consumer kw_demo_ck / kw_demo_cs, token kw_demo_tk / kw_demo_ts
Client credentials kw_demo_client / kw_demo_client_secret
Signed assertions  client kw_demo_jwt, certificate kw_demo_certificate, private key in demo/netsuite-private-key.pem

Five calls to try; run each twice: the second changes nothing.

# SugarCRM: link two records by their sync keys
curl -s -X POST ${bearer} ${base}/rest/v11_10/integrate/Accounts/sync_key/ACCT-1/link/contacts/sync_key/CONTACT-2001
# Origami Risk: link a contact to a claim as its adjuster
curl -s -X POST ${bearer} ${json} -d '{"ParentDomain":"Claim","ParentRecordID":5001,"ChildDomain":"Contact","ChildRecordID":2001,"Relationship":"Adjuster"}' ${base}/api/Link/Upsert
# NetSuite: attach a contact to a customer by external ids
curl -si -X POST ${bearer} ${json} -d '{"role":{"externalId":"family"}}' '${base}/services/rest/record/v1/customer/eid:JOHN_DOE42/!attach/contact/eid:user1'
# Zendesk: upsert a custom object record by its external id
curl -s -X PATCH ${bearer} ${json} -d '{"custom_object_record":{"name":"Beam 12","custom_object_fields":{"material":"steel"}}}' '${base}/api/v2/custom_objects/building_component/records?external_id=BEAM-12'
# Relatics: make the elements equal a complete set
curl -s -X POST -H "Authorization: Bearer $(curl -s -d grant_type=client_credentials -d client_id=kw_demo_client -d client_secret=kw_demo_client_secret ${base}/auth/realms/Demo/protocol/openid-connect/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')" ${json} -d '{"Elements":[{"@externalid":"P-1","name":"Pump 1"}]}' ${base}/api/v1/workspaces/${workspace}/interfaces/synchronizing/myendpoint
`;
}
