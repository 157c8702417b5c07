-- The views of lakes. Written by tools/lake_views.py from those of PostgreSQL.

CREATE VIEW v_agreements AS
 SELECT e.key,
    e.name,
    a.kind,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.place) AS string_agg
           FROM ( SELECT c.alpha3 AS item,
                    min(((ec.record_id * 1000000) + ec."position")) AS place
                   FROM (entity_country ec
                     JOIN country c ON ((c.id = ec.country_id)))
                  WHERE (ec.entity_id = e.id)
                  GROUP BY c.alpha3) listed) AS countries,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.part, listed.place) AS string_agg
           FROM ( SELECT n.name AS item,
                    1 AS part,
                    min(((ec.record_id * 1000000) + ec."position")) AS place
                   FROM (entity_country ec
                     JOIN entity n ON ((n.id = ec.country_id)))
                  WHERE (ec.entity_id = e.id)
                  GROUP BY n.name
                UNION ALL
                 SELECT n.name AS item,
                    2 AS part,
                    min(((er.record_id * 1000000) + er."position")) AS place
                   FROM (entity_region er
                     JOIN entity n ON ((n.id = er.region_id)))
                  WHERE (er.entity_id = e.id)
                  GROUP BY n.name) listed) AS country_names,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.place) AS string_agg
           FROM ( SELECT n.name AS item,
                    min(((ap.record_id * 1000000) + ap."position")) AS place
                   FROM (agreement_party ap
                     JOIN entity n ON ((n.id = ap.party_id)))
                  WHERE (ap.entity_id = e.id)
                  GROUP BY n.name) listed) AS organizations,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.place) AS string_agg
           FROM ( SELECT l.code AS item,
                    l."position" AS place
                   FROM (entity_link el
                     JOIN link l ON ((l.id = el.link_id)))
                  WHERE (el.entity_id = e.id)
                  GROUP BY l.code, l."position") listed) AS links,
    a.signed,
    a.in_force,
    a.ended,
    e.description,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.item) AS string_agg
           FROM ( SELECT DISTINCT s.key AS item
                   FROM (record r
                     JOIN source s ON ((s.id = r.source_id)))
                  WHERE (r.entity_id = e.id)) listed) AS sources
   FROM (agreement a
     JOIN entity e ON ((e.id = a.id)));

CREATE VIEW v_countries AS
 SELECT e.key,
    e.name,
    c.alpha2,
    c.alpha3,
    c."numeric",
    c.region,
    c.subregion,
    ( SELECT count(DISTINCT ec.entity_id) AS count
           FROM (entity_country ec
             JOIN project x ON ((x.id = ec.entity_id)))
          WHERE (ec.country_id = e.id)) AS projects,
    ( SELECT count(DISTINCT ec.entity_id) AS count
           FROM (entity_country ec
             JOIN agreement x ON ((x.id = ec.entity_id)))
          WHERE (ec.country_id = e.id)) AS agreements,
    ( SELECT count(DISTINCT ec.entity_id) AS count
           FROM (entity_country ec
             JOIN policy x ON ((x.id = ec.entity_id)))
          WHERE (ec.country_id = e.id)) AS policies,
    ( SELECT count(*) AS count
           FROM observation ob
          WHERE (ob.entity_id = e.id)) AS statistics,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.item) AS string_agg
           FROM ( SELECT DISTINCT s.key AS item
                   FROM (record r
                     JOIN source s ON ((s.id = r.source_id)))
                  WHERE (r.entity_id = e.id)) listed) AS sources
   FROM (country c
     JOIN entity e ON ((e.id = c.id)))
  WHERE ((EXISTS ( SELECT 1
           FROM (record r
             JOIN source s ON ((s.id = r.source_id)))
          WHERE ((r.entity_id = c.id) AND (s.kind <> 'standard'::text)))) OR (EXISTS ( SELECT 1
           FROM entity_country ec
          WHERE (ec.country_id = c.id))) OR (EXISTS ( SELECT 1
           FROM organization o
          WHERE (o.country_id = c.id))) OR (EXISTS ( SELECT 1
           FROM observation ob
          WHERE (ob.entity_id = c.id))) OR (EXISTS ( SELECT 1
           FROM finding fi
          WHERE (fi.entity_id = c.id))));

CREATE VIEW v_decisions AS
 SELECT d.external_id AS id,
    d.left_ref,
    d.relation,
    d.right_ref,
    d.reviewer,
    d.decided_at,
    d.why,
    d.score,
    d.features,
    d.left_seen,
    d.right_seen,
    d.replaces,
    s.key AS source,
    d.locator,
    d.load_id AS load
   FROM (decision d
     JOIN source s ON ((s.id = d.source_id)));

CREATE VIEW v_disagreements AS
 WITH RECURSIVE several AS (
         SELECT r.id,
            r.entity_id,
            r.source_id,
            r.noun,
            r.locator,
            r.fields,
            s_1.tier,
            COALESCE(s_1.published, ''::text) AS published
           FROM (record r
             JOIN source s_1 ON ((s_1.id = r.source_id)))
          WHERE ((r.noun = ANY (ARRAY['countries'::text, 'regions'::text, 'links'::text, 'organizations'::text, 'projects'::text, 'agreements'::text, 'policies'::text])) AND (r.entity_id IN ( SELECT record.entity_id
                   FROM record
                  WHERE ((record.noun = ANY (ARRAY['countries'::text, 'regions'::text, 'links'::text, 'organizations'::text, 'projects'::text, 'agreements'::text, 'policies'::text])) AND (record.entity_id IS NOT NULL))
                  GROUP BY record.entity_id
                 HAVING (count(*) > 1))))
        ), claims AS (
         SELECT s_1.entity_id,
            s_1.id AS record_id,
            s_1.source_id,
            s_1.locator,
            s_1.tier,
            s_1.published,
            'name'::text AS field,
            (s_1.fields['name']) AS says,
            COALESCE(( SELECT min(a.normalised) AS min
                   FROM alias a
                  WHERE ((a.record_id = s_1.id) AND (a.name = (s_1.fields['name'])))), (s_1.fields['name'])) AS form
           FROM several s_1
          WHERE (((s_1.fields['name']) IS NOT NULL) AND (NOT ((s_1.noun = 'countries'::text) AND ((s_1.fields['alpha3']) IS NULL))))
        UNION ALL
         SELECT s_1.entity_id,
            s_1.id AS record_id,
            s_1.source_id,
            s_1.locator,
            s_1.tier,
            s_1.published,
            'kind'::text AS field,
            (s_1.fields['kind']) AS says,
            (s_1.fields['kind']) AS form
           FROM several s_1
          WHERE ((s_1.fields['kind']) IS NOT NULL)
        UNION ALL
         SELECT s_1.entity_id,
            s_1.id AS record_id,
            s_1.source_id,
            s_1.locator,
            s_1.tier,
            s_1.published,
            'status'::text AS field,
            (s_1.fields['status']) AS says,
            (s_1.fields['status']) AS form
           FROM several s_1
          WHERE ((s_1.fields['status']) IS NOT NULL)
        UNION ALL
         SELECT s_1.entity_id,
            s_1.id AS record_id,
            s_1.source_id,
            s_1.locator,
            s_1.tier,
            s_1.published,
            'sector'::text AS field,
            (s_1.fields['sector']) AS says,
            (s_1.fields['sector']) AS form
           FROM several s_1
          WHERE ((s_1.fields['sector']) IS NOT NULL)
        UNION ALL
         SELECT s_1.entity_id,
            s_1.id AS record_id,
            s_1.source_id,
            s_1.locator,
            s_1.tier,
            s_1.published,
            'announced'::text AS field,
            (s_1.fields['announced']) AS says,
            (s_1.fields['announced']) AS form
           FROM several s_1
          WHERE ((s_1.fields['announced']) IS NOT NULL)
        UNION ALL
         SELECT s_1.entity_id,
            s_1.id AS record_id,
            s_1.source_id,
            s_1.locator,
            s_1.tier,
            s_1.published,
            'started'::text AS field,
            (s_1.fields['started']) AS says,
            (s_1.fields['started']) AS form
           FROM several s_1
          WHERE ((s_1.fields['started']) IS NOT NULL)
        UNION ALL
         SELECT s_1.entity_id,
            s_1.id AS record_id,
            s_1.source_id,
            s_1.locator,
            s_1.tier,
            s_1.published,
            'completed'::text AS field,
            (s_1.fields['completed']) AS says,
            (s_1.fields['completed']) AS form
           FROM several s_1
          WHERE ((s_1.fields['completed']) IS NOT NULL)
        UNION ALL
         SELECT s_1.entity_id,
            s_1.id AS record_id,
            s_1.source_id,
            s_1.locator,
            s_1.tier,
            s_1.published,
            'signed'::text AS field,
            (s_1.fields['signed']) AS says,
            (s_1.fields['signed']) AS form
           FROM several s_1
          WHERE ((s_1.fields['signed']) IS NOT NULL)
        UNION ALL
         SELECT s_1.entity_id,
            s_1.id AS record_id,
            s_1.source_id,
            s_1.locator,
            s_1.tier,
            s_1.published,
            'in_force'::text AS field,
            (s_1.fields['in_force']) AS says,
            (s_1.fields['in_force']) AS form
           FROM several s_1
          WHERE ((s_1.fields['in_force']) IS NOT NULL)
        UNION ALL
         SELECT s_1.entity_id,
            s_1.id AS record_id,
            s_1.source_id,
            s_1.locator,
            s_1.tier,
            s_1.published,
            'ended'::text AS field,
            (s_1.fields['ended']) AS says,
            (s_1.fields['ended']) AS form
           FROM several s_1
          WHERE ((s_1.fields['ended']) IS NOT NULL)
        UNION ALL
         SELECT s_1.entity_id,
            s_1.id AS record_id,
            s_1.source_id,
            s_1.locator,
            s_1.tier,
            s_1.published,
            'adopted'::text AS field,
            (s_1.fields['adopted']) AS says,
            (s_1.fields['adopted']) AS form
           FROM several s_1
          WHERE ((s_1.fields['adopted']) IS NOT NULL)
        UNION ALL
         SELECT s_1.entity_id,
            s_1.id AS record_id,
            s_1.source_id,
            s_1.locator,
            s_1.tier,
            s_1.published,
            'country'::text AS field,
            (s_1.fields['country']) AS says,
            (s_1.fields['country']) AS form
           FROM several s_1
          WHERE ((s_1.fields['country']) IS NOT NULL)
        UNION ALL
         SELECT s_1.entity_id,
            s_1.id AS record_id,
            s_1.source_id,
            s_1.locator,
            s_1.tier,
            s_1.published,
            'alpha2'::text AS field,
            (s_1.fields['alpha2']) AS says,
            (s_1.fields['alpha2']) AS form
           FROM several s_1
          WHERE ((s_1.fields['alpha2']) IS NOT NULL)
        UNION ALL
         SELECT s_1.entity_id,
            s_1.id AS record_id,
            s_1.source_id,
            s_1.locator,
            s_1.tier,
            s_1.published,
            'alpha3'::text AS field,
            (s_1.fields['alpha3']) AS says,
            (s_1.fields['alpha3']) AS form
           FROM several s_1
          WHERE ((s_1.fields['alpha3']) IS NOT NULL)
        UNION ALL
         SELECT s_1.entity_id,
            s_1.id AS record_id,
            s_1.source_id,
            s_1.locator,
            s_1.tier,
            s_1.published,
            'numeric'::text AS field,
            (s_1.fields['numeric']) AS says,
            (s_1.fields['numeric']) AS form
           FROM several s_1
          WHERE ((s_1.fields['numeric']) IS NOT NULL)
        UNION ALL
         SELECT s_1.entity_id,
            s_1.id AS record_id,
            s_1.source_id,
            s_1.locator,
            s_1.tier,
            s_1.published,
            'region'::text AS field,
            (s_1.fields['region']) AS says,
            (s_1.fields['region']) AS form
           FROM several s_1
          WHERE ((s_1.fields['region']) IS NOT NULL)
        UNION ALL
         SELECT s_1.entity_id,
            s_1.id AS record_id,
            s_1.source_id,
            s_1.locator,
            s_1.tier,
            s_1.published,
            'subregion'::text AS field,
            (s_1.fields['subregion']) AS says,
            (s_1.fields['subregion']) AS form
           FROM several s_1
          WHERE ((s_1.fields['subregion']) IS NOT NULL)
        UNION ALL
         SELECT s_1.entity_id,
            s_1.id AS record_id,
            s_1.source_id,
            s_1.locator,
            s_1.tier,
            s_1.published,
            'capacity'::text AS field,
            (s_1.fields['capacity']) AS says,
            (s_1.fields['capacity']) AS form
           FROM several s_1
          WHERE ((s_1.fields['capacity']) IS NOT NULL)
        UNION ALL
         SELECT s_1.entity_id,
            s_1.id AS record_id,
            s_1.source_id,
            s_1.locator,
            s_1.tier,
            s_1.published,
            'capacity_unit'::text AS field,
            (s_1.fields['capacity_unit']) AS says,
            (s_1.fields['capacity_unit']) AS form
           FROM several s_1
          WHERE ((s_1.fields['capacity_unit']) IS NOT NULL)
        ), ranked AS (
         SELECT c.entity_id,
            c.record_id,
            c.source_id,
            c.locator,
            c.tier,
            c.published,
            c.field,
            c.says,
            c.form,
            first_value(c.says) OVER best AS shown,
            first_value(c.form) OVER best AS shown_form,
            first_value(c.source_id) OVER best AS shown_source_id,
            first_value(c.locator) OVER best AS shown_locator
           FROM claims c
          WINDOW best AS (PARTITION BY c.entity_id, c.field ORDER BY c.tier, c.published DESC, c.record_id)
        ), namings(entity_id, form) AS (
         SELECT ranked.entity_id,
            ranked.shown_form
           FROM ranked
          WHERE ((ranked.field = 'name'::text) AND (ranked.form <> ranked.shown_form))
        UNION
         SELECT k.entity_id,
            b.normalised
           FROM ((namings k
             JOIN alias a ON (((a.normalised = k.form) AND (a.entity_id = k.entity_id))))
             JOIN alias b ON (((b.record_id = a.record_id) AND (b.entity_id = a.entity_id))))
        ), twice AS (
         SELECT f.entity_id
           FROM (finance f
             JOIN record r ON ((r.id = f.record_id)))
          GROUP BY f.entity_id
         HAVING (count(DISTINCT r.source_id) > 1)
        ), sums AS (
         SELECT f.entity_id,
            f.kind,
            r.source_id,
            s_1.tier,
            COALESCE(s_1.published, ''::text) AS published,
            'amount_usd'::text AS field,
            'nominal USD'::text AS unit,
            min(r.id) AS record_id,
            min(r.locator) AS locator,
            sum(f.amount_usd) AS amount
           FROM ((finance f
             JOIN record r ON ((r.id = f.record_id)))
             JOIN source s_1 ON ((s_1.id = r.source_id)))
          WHERE ((f.amount_usd IS NOT NULL) AND (f.entity_id IN ( SELECT twice.entity_id
                   FROM twice)))
          GROUP BY f.entity_id, f.kind, r.source_id, s_1.tier, COALESCE(s_1.published, ''::text)
        UNION ALL
         SELECT f.entity_id,
            f.kind,
            r.source_id,
            s_1.tier,
            COALESCE(s_1.published, ''::text) AS published,
            'amount_usd_constant'::text AS field,
            (('constant '::text || (f.price_year)::text) || ' USD'::text) AS unit,
            min(r.id) AS record_id,
            min(r.locator) AS locator,
            sum(f.amount_usd_constant) AS amount
           FROM ((finance f
             JOIN record r ON ((r.id = f.record_id)))
             JOIN source s_1 ON ((s_1.id = r.source_id)))
          WHERE ((f.amount_usd_constant IS NOT NULL) AND (f.entity_id IN ( SELECT twice.entity_id
                   FROM twice)))
          GROUP BY f.entity_id, f.kind, r.source_id, s_1.tier, COALESCE(s_1.published, ''::text), f.price_year
        ), ranked_sums AS (
         SELECT m.entity_id,
            m.kind,
            m.source_id,
            m.tier,
            m.published,
            m.field,
            m.unit,
            m.record_id,
            m.locator,
            m.amount,
            first_value(m.amount) OVER best AS shown_amount,
            first_value(m.source_id) OVER best AS shown_source_id,
            first_value(m.locator) OVER best AS shown_locator
           FROM sums m
          WINDOW best AS (PARTITION BY m.entity_id, m.field, m.unit, m.kind ORDER BY m.tier, m.published DESC, m.record_id)
        )
 SELECT e.name AS about,
    e.kind,
    d.field,
    d.shown,
    d.says,
    d.shown_amount,
    d.amount,
    d.unit,
    p.key AS shown_source,
    d.shown_locator,
    s.key AS source,
    d.locator,
    d.rule,
    e.key AS about_key
   FROM (((( SELECT ranked.entity_id,
            ranked.field,
            ranked.shown,
            ranked.shown_source_id,
            ranked.shown_locator,
            ranked.says,
            ranked.source_id,
            ranked.locator,
            NULL::DECIMAL(38, 6) AS shown_amount,
            NULL::DECIMAL(38, 6) AS amount,
            NULL::text AS unit,
            'the better source tier, then the newer publication, then the earlier record'::text AS rule
           FROM ranked
          WHERE ((ranked.form <> ranked.shown_form) AND (NOT ((ranked.field = ANY (ARRAY['announced'::text, 'started'::text, 'completed'::text, 'signed'::text, 'in_force'::text, 'ended'::text, 'adopted'::text])) AND ((substr(ranked.shown, 1, length(ranked.says)) = ranked.says) OR (substr(ranked.says, 1, length(ranked.shown)) = ranked.shown)))) AND (
                CASE
                    WHEN ((ranked.field = 'name'::text) AND ((ranked.entity_id, ranked.form) IN ( SELECT namings.entity_id,
                        namings.form
                       FROM namings))) THEN 1
                    ELSE 0
                END = 0))
        UNION ALL
         SELECT ranked_sums.entity_id,
            ranked_sums.field,
            NULL::text,
            ranked_sums.shown_source_id,
            ranked_sums.shown_locator,
            NULL::text,
            ranked_sums.source_id,
            ranked_sums.locator,
            ranked_sums.shown_amount,
            ranked_sums.amount,
            ((ranked_sums.unit || ', '::text) || ranked_sums.kind),
            'the better source tier, then the newer publication, then the earlier record; amounts are summed by source and kind of flow'::text
           FROM ranked_sums
          WHERE (ranked_sums.amount <> ranked_sums.shown_amount)) d
     JOIN entity e ON ((e.id = d.entity_id)))
     JOIN source s ON ((s.id = d.source_id)))
     JOIN source p ON ((p.id = d.shown_source_id)));

CREATE VIEW v_finance AS
 SELECT e.name AS project,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.place) AS string_agg
           FROM ( SELECT c.alpha3 AS item,
                    min(((ec.record_id * 1000000) + ec."position")) AS place
                   FROM (entity_country ec
                     JOIN country c ON ((c.id = ec.country_id)))
                  WHERE (ec.entity_id = e.id)
                  GROUP BY c.alpha3) listed) AS countries,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.part, listed.place) AS string_agg
           FROM ( SELECT n_1.name AS item,
                    1 AS part,
                    min(((ec.record_id * 1000000) + ec."position")) AS place
                   FROM (entity_country ec
                     JOIN entity n_1 ON ((n_1.id = ec.country_id)))
                  WHERE (ec.entity_id = e.id)
                  GROUP BY n_1.name
                UNION ALL
                 SELECT n_1.name AS item,
                    2 AS part,
                    min(((er.record_id * 1000000) + er."position")) AS place
                   FROM (entity_region er
                     JOIN entity n_1 ON ((n_1.id = er.region_id)))
                  WHERE (er.entity_id = e.id)
                  GROUP BY n_1.name) listed) AS country_names,
    p.status,
    p.kind AS project_kind,
    p.sector,
    f.kind,
        CASE
            WHEN (f.financier_id IS NOT NULL) THEN n.name
            WHEN (EXISTS ( SELECT 1
               FROM participation pa
              WHERE (pa.record_id = f.record_id))) THEN 'joint'::text
            ELSE NULL::text
        END AS financier,
    f.instrument,
    f.amount,
    f.currency,
    f.amount_usd,
    f.amount_usd_constant,
    f.price_year,
    f.date,
    f.estimated,
    f.counted,
    ((r.fields['umbrella']))::boolean AS umbrella,
    ((r.fields['adjusted_amount']))::DECIMAL(38, 6) AS adjusted_amount,
    ((r.fields['adjusted_usd']))::DECIMAL(38, 6) AS adjusted_usd,
    ((r.fields['adjusted_usd_constant']))::DECIMAL(38, 6) AS adjusted_usd_constant,
    ((r.fields['maturity']))::DECIMAL(38, 6) AS maturity,
    ((r.fields['grace_period']))::DECIMAL(38, 6) AS grace_period,
    ((r.fields['interest_rate']))::DECIMAL(38, 6) AS interest_rate,
    ((r.fields['grant_element']))::DECIMAL(38, 6) AS grant_element,
    (r.fields['collateral']) AS collateral,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.place) AS string_agg
           FROM ( SELECT g.name AS item,
                    pa."position" AS place
                   FROM (participation pa
                     JOIN entity g ON ((g.id = pa.organization_id)))
                  WHERE (pa.record_id = f.record_id)) listed) AS joint_financiers,
    f.note,
    s.key AS source,
    r.locator,
    r.external_id,
    (r.fields['url']) AS url,
    e.key AS project_key
   FROM (((((finance f
     JOIN entity e ON ((e.id = f.entity_id)))
     JOIN record r ON ((r.id = f.record_id)))
     JOIN source s ON ((s.id = r.source_id)))
     LEFT JOIN entity n ON ((n.id = f.financier_id)))
     LEFT JOIN project p ON ((p.id = f.entity_id)));

CREATE VIEW v_financiers AS
 SELECT e.key,
    e.name,
    o.kind,
    c.alpha3 AS country,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.item) AS string_agg
           FROM ( SELECT DISTINCT ro.role AS item
                   FROM organization_role ro
                  WHERE (ro.entity_id = e.id)) listed) AS roles,
    ( SELECT count(*) AS count
           FROM ( SELECT p.entity_id
                   FROM (participation p
                     JOIN project x ON ((x.id = p.entity_id)))
                  WHERE ((p.organization_id = e.id) AND (p.role = 'funding'::text))
                UNION
                 SELECT f.entity_id
                   FROM (finance f
                     JOIN project x ON ((x.id = f.entity_id)))
                  WHERE (f.financier_id = e.id)) taken) AS projects,
    e.description,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.item) AS string_agg
           FROM ( SELECT DISTINCT s.key AS item
                   FROM (record r
                     JOIN source s ON ((s.id = r.source_id)))
                  WHERE (r.entity_id = e.id)
                UNION
                 SELECT s.key AS item
                   FROM ((participation pa
                     JOIN record r ON ((r.id = pa.record_id)))
                     JOIN source s ON ((s.id = r.source_id)))
                  WHERE (pa.organization_id = e.id)
                UNION
                 SELECT s.key AS item
                   FROM ((finance fi
                     JOIN record r ON ((r.id = fi.record_id)))
                     JOIN source s ON ((s.id = r.source_id)))
                  WHERE (fi.financier_id = e.id)
                UNION
                 SELECT s.key AS item
                   FROM ((agreement_party ap
                     JOIN record r ON ((r.id = ap.record_id)))
                     JOIN source s ON ((s.id = r.source_id)))
                  WHERE (ap.party_id = e.id)) listed) AS sources
   FROM ((organization o
     JOIN entity e ON ((e.id = o.id)))
     LEFT JOIN country c ON ((c.id = o.country_id)))
  WHERE ((EXISTS ( SELECT 1
           FROM organization_role ro
          WHERE ((ro.entity_id = o.id) AND (ro.role = 'financier'::text)))) OR (EXISTS ( SELECT 1
           FROM participation p
          WHERE ((p.organization_id = o.id) AND (p.role = 'funding'::text)))) OR (EXISTS ( SELECT 1
           FROM finance f
          WHERE (f.financier_id = o.id))));

CREATE VIEW v_findings AS
 SELECT f.kind,
    k.code AS link,
    f.statement,
    e.name AS subject,
    s.key AS source,
    r.locator
   FROM ((((finding f
     JOIN record r ON ((r.id = f.record_id)))
     JOIN source s ON ((s.id = r.source_id)))
     LEFT JOIN link k ON ((k.id = f.link_id)))
     LEFT JOIN entity e ON (((e.id = f.entity_id) AND (e.kind <> 'link'::text))));

CREATE VIEW v_links AS
 SELECT e.key,
    e.name,
    e.kind,
    k.code,
    k."position",
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.place) AS string_agg
           FROM ( SELECT a.name AS item,
                    min(((a.record_id * 1000000) + a."position")) AS place
                   FROM alias a
                  WHERE ((a.entity_id = e.id) AND ((a.kind <> 'name'::text) OR (a.name <> e.name)))
                  GROUP BY a.name) listed) AS names,
    ( SELECT count(DISTINCT el.entity_id) AS count
           FROM (entity_link el
             JOIN project x ON ((x.id = el.entity_id)))
          WHERE (el.link_id = e.id)) AS projects,
    ( SELECT count(DISTINCT el.entity_id) AS count
           FROM (entity_link el
             JOIN agreement x ON ((x.id = el.entity_id)))
          WHERE (el.link_id = e.id)) AS agreements,
    ( SELECT count(DISTINCT el.entity_id) AS count
           FROM (entity_link el
             JOIN policy x ON ((x.id = el.entity_id)))
          WHERE (el.link_id = e.id)) AS policies,
    ( SELECT count(*) AS count
           FROM finding fi
          WHERE ((fi.link_id = e.id) AND (fi.kind <> 'note'::text))) AS findings,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.item) AS string_agg
           FROM ( SELECT DISTINCT s.key AS item
                   FROM (record r
                     JOIN source s ON ((s.id = r.source_id)))
                  WHERE (r.entity_id = e.id)) listed) AS sources
   FROM (link k
     JOIN entity e ON ((e.id = k.id)));

CREATE VIEW v_loads AS
 SELECT l.id AS key,
    l.file_name AS name,
    l.noun AS kind,
    s.key AS source,
    l.rows_read,
    l.rows_new,
    l.rows_changed,
    l.rows_unchanged,
    l.rows_rejected,
    l.rows_skipped,
    l.rows_nothing,
    l.started_at AS started,
    l.finished_at AS finished,
    l.profile,
    l.file_sha256 AS sha256,
    l.tool_version,
    l.undone_at AS undone
   FROM (load l
     JOIN source s ON ((s.id = l.source_id)))
  WHERE (l.undone_at IS NULL);

CREATE VIEW v_locations AS
 SELECT e.name AS project,
    l.name,
    l.latitude,
    l.longitude,
    l."precision",
    s.key AS source,
    r.locator,
    e.key AS project_key
   FROM (((location l
     JOIN entity e ON ((e.id = l.entity_id)))
     JOIN record r ON ((r.id = l.record_id)))
     JOIN source s ON ((s.id = r.source_id)));

CREATE VIEW v_organizations AS
 SELECT e.key,
    e.name,
    o.kind,
    c.alpha3 AS country,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.item) AS string_agg
           FROM ( SELECT DISTINCT ro.role AS item
                   FROM organization_role ro
                  WHERE (ro.entity_id = e.id)) listed) AS roles,
    ( SELECT count(*) AS count
           FROM ( SELECT p.entity_id
                   FROM (participation p
                     JOIN project x ON ((x.id = p.entity_id)))
                  WHERE (p.organization_id = e.id)
                UNION
                 SELECT f.entity_id
                   FROM (finance f
                     JOIN project x ON ((x.id = f.entity_id)))
                  WHERE (f.financier_id = e.id)) taken) AS projects,
    e.description,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.item) AS string_agg
           FROM ( SELECT DISTINCT s.key AS item
                   FROM (record r
                     JOIN source s ON ((s.id = r.source_id)))
                  WHERE (r.entity_id = e.id)
                UNION
                 SELECT s.key AS item
                   FROM ((participation pa
                     JOIN record r ON ((r.id = pa.record_id)))
                     JOIN source s ON ((s.id = r.source_id)))
                  WHERE (pa.organization_id = e.id)
                UNION
                 SELECT s.key AS item
                   FROM ((finance fi
                     JOIN record r ON ((r.id = fi.record_id)))
                     JOIN source s ON ((s.id = r.source_id)))
                  WHERE (fi.financier_id = e.id)
                UNION
                 SELECT s.key AS item
                   FROM ((agreement_party ap
                     JOIN record r ON ((r.id = ap.record_id)))
                     JOIN source s ON ((s.id = r.source_id)))
                  WHERE (ap.party_id = e.id)) listed) AS sources
   FROM ((organization o
     JOIN entity e ON ((e.id = o.id)))
     LEFT JOIN country c ON ((c.id = o.country_id)));

CREATE VIEW v_policies AS
 SELECT e.key,
    e.name,
    p.kind,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.place) AS string_agg
           FROM ( SELECT c.alpha3 AS item,
                    min(((ec.record_id * 1000000) + ec."position")) AS place
                   FROM (entity_country ec
                     JOIN country c ON ((c.id = ec.country_id)))
                  WHERE (ec.entity_id = e.id)
                  GROUP BY c.alpha3) listed) AS countries,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.part, listed.place) AS string_agg
           FROM ( SELECT n.name AS item,
                    1 AS part,
                    min(((ec.record_id * 1000000) + ec."position")) AS place
                   FROM (entity_country ec
                     JOIN entity n ON ((n.id = ec.country_id)))
                  WHERE (ec.entity_id = e.id)
                  GROUP BY n.name
                UNION ALL
                 SELECT n.name AS item,
                    2 AS part,
                    min(((er.record_id * 1000000) + er."position")) AS place
                   FROM (entity_region er
                     JOIN entity n ON ((n.id = er.region_id)))
                  WHERE (er.entity_id = e.id)
                  GROUP BY n.name) listed) AS country_names,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.place) AS string_agg
           FROM ( SELECT n.name AS item,
                    min(((p_1.record_id * 1000000) + p_1."position")) AS place
                   FROM (participation p_1
                     JOIN entity n ON ((n.id = p_1.organization_id)))
                  WHERE ((p_1.entity_id = e.id) AND (p_1.role = 'issuing'::text))
                  GROUP BY n.name) listed) AS issuers,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.place) AS string_agg
           FROM ( SELECT l.code AS item,
                    l."position" AS place
                   FROM (entity_link el
                     JOIN link l ON ((l.id = el.link_id)))
                  WHERE (el.entity_id = e.id)
                  GROUP BY l.code, l."position") listed) AS links,
    p.adopted,
    e.description,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.item) AS string_agg
           FROM ( SELECT DISTINCT s.key AS item
                   FROM (record r
                     JOIN source s ON ((s.id = r.source_id)))
                  WHERE (r.entity_id = e.id)) listed) AS sources
   FROM (policy p
     JOIN entity e ON ((e.id = p.id)));

CREATE VIEW v_projects AS
 SELECT e.key,
    e.name,
    p.short_name,
    p.kind,
    ( SELECT max(b.basis) AS max
           FROM project_kind b
          WHERE ((b.entity_id = e.id) AND (b.kind = p.kind))) AS kind_basis,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.part, listed.place) AS string_agg
           FROM ( SELECT k.kind AS item,
                    min(
                        CASE k.basis
                            WHEN 'stated'::text THEN 1
                            ELSE 2
                        END) AS part,
                    min(((k.record_id * 1000000) + k."position")) AS place
                   FROM project_kind k
                  WHERE (k.entity_id = e.id)
                  GROUP BY k.kind) listed) AS kinds,
    p.status,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.place) AS string_agg
           FROM ( SELECT c.alpha3 AS item,
                    min(((ec.record_id * 1000000) + ec."position")) AS place
                   FROM (entity_country ec
                     JOIN country c ON ((c.id = ec.country_id)))
                  WHERE (ec.entity_id = e.id)
                  GROUP BY c.alpha3) listed) AS countries,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.part, listed.place) AS string_agg
           FROM ( SELECT n.name AS item,
                    1 AS part,
                    min(((ec.record_id * 1000000) + ec."position")) AS place
                   FROM (entity_country ec
                     JOIN entity n ON ((n.id = ec.country_id)))
                  WHERE (ec.entity_id = e.id)
                  GROUP BY n.name
                UNION ALL
                 SELECT n.name AS item,
                    2 AS part,
                    min(((er.record_id * 1000000) + er."position")) AS place
                   FROM (entity_region er
                     JOIN entity n ON ((n.id = er.region_id)))
                  WHERE (er.entity_id = e.id)
                  GROUP BY n.name) listed) AS country_names,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.place) AS string_agg
           FROM ( SELECT l.code AS item,
                    l."position" AS place
                   FROM (entity_link el
                     JOIN link l ON ((l.id = el.link_id)))
                  WHERE (el.entity_id = e.id)
                  GROUP BY l.code, l."position") listed) AS links,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.part, listed.by_role, listed.place) AS string_agg
           FROM ( SELECT funders.item,
                    min(funders.part) AS part,
                    min(
                        CASE funders.part
                            WHEN 1 THEN funders.place
                            ELSE NULL::bigint
                        END) AS by_role,
                    min(funders.place) AS place
                   FROM ( SELECT n.name AS item,
                            1 AS part,
                            min(((p_1.record_id * 1000000) + p_1."position")) AS place
                           FROM (participation p_1
                             JOIN entity n ON ((n.id = p_1.organization_id)))
                          WHERE ((p_1.entity_id = e.id) AND (p_1.role = 'funding'::text))
                          GROUP BY n.name
                        UNION ALL
                         SELECT n.name AS item,
                            2 AS part,
                            min(((f.record_id * 1000000) + f."position")) AS place
                           FROM (finance f
                             JOIN entity n ON ((n.id = f.financier_id)))
                          WHERE (f.entity_id = e.id)
                          GROUP BY n.name) funders
                  GROUP BY funders.item) listed) AS financiers,
    p.sector,
    p.announced,
    p.started,
    p.completed,
    p.capacity,
    p.capacity_unit,
    e.description,
    ( SELECT string_agg(listed.item, '; '::text ORDER BY listed.item) AS string_agg
           FROM ( SELECT DISTINCT s.key AS item
                   FROM (record r
                     JOIN source s ON ((s.id = r.source_id)))
                  WHERE (r.entity_id = e.id)) listed) AS sources
   FROM (project p
     JOIN entity e ON ((e.id = p.id)));

CREATE VIEW v_records AS
 SELECT r.id,
    r.noun AS kind,
    r.external_id,
    e.name AS about,
    e.key AS about_key,
    r.stated_name,
    s.key AS source,
    r.locator,
    r.load_id AS load,
    r.gone_in,
    r.document AS fields
   FROM ((record r
     JOIN source s ON ((s.id = r.source_id)))
     LEFT JOIN entity e ON ((e.id = r.entity_id)))
  WHERE (r.gone_in IS NULL);

CREATE VIEW v_sources AS
 SELECT s.key,
    s.title AS name,
    s.kind,
    s.tier,
        CASE s.tier
            WHEN 1 THEN 'government'::text
            WHEN 2 THEN 'implementer or intermediary'::text
            WHEN 3 THEN 'other official'::text
            WHEN 4 THEN 'peer-reviewed'::text
            WHEN 5 THEN 'other scholarly'::text
            WHEN 6 THEN 'NGO and civil society'::text
            WHEN 7 THEN 'media'::text
            WHEN 8 THEN 'social media'::text
            ELSE NULL::text
        END AS tier_name,
    s.authors,
    s.publisher,
    s.published,
    s.edition,
    s.url,
    s.archived_url,
    s.licence,
    s.language,
    s.note,
    ( SELECT count(*) AS count
           FROM record r
          WHERE (r.source_id = s.id)) AS records,
    NULLIF(( SELECT count(*) AS count
           FROM decision d
          WHERE (d.source_id = s.id)), 0) AS decisions
   FROM source s
  WHERE ((EXISTS ( SELECT 1
           FROM record r
          WHERE (r.source_id = s.id))) OR (EXISTS ( SELECT 1
           FROM decision d
          WHERE (d.source_id = s.id))));

CREATE VIEW v_statistics AS
 SELECT o.indicator,
    e.name AS subject,
    o.value,
    o.unit,
    o.price_base,
    o.qualifier,
    o.period,
    r.stated_name AS stated,
    o.note,
    s.key AS source,
    r.locator,
    e.key AS subject_key
   FROM (((observation o
     JOIN entity e ON ((e.id = o.entity_id)))
     JOIN record r ON ((r.id = o.record_id)))
     JOIN source s ON ((s.id = r.source_id)));
