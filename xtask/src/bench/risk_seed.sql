-- Books of one office as the worker that this project replaces was measured on: companies with a ledger
-- of so many months with so many entries each, amounts over four decades, five invoices a month.
-- `:companies`, `:months` and `:per_month` are filled in.
insert into users (id, email, hashed_password, full_name, updated_at)
values ('u1', 'sahip@example.org', '!', 'Ölçüm', now());
insert into tenants (id, name, slug, updated_at) values ('t1', 'Ölçüm Bürosu', 'olcum', now());
insert into user_tenant_memberships (id, user_id, tenant_id, role, updated_at)
values ('m1', 'u1', 't1', 'TenantOwner', now());
insert into client_companies (id, tenant_id, name, legal_type, tax_number, updated_at)
select 'c' || g, 't1', 'Firma ' || g || ' Ltd.', 'Limited', (1000000000 + g * 7)::text, now()
from generate_series(1, :companies) g;
insert into ledger_accounts (id, tenant_id, code, name, type, updated_at)
select 'la' || g, 't1',
    (array['100.01','102.01','120.01','320.01','391.01','600.01','760.01','770.01'])[g],
    'Hesap ' || g, 'asset', now()
from generate_series(1, 8) g;
insert into transactions
    (id, tenant_id, client_company_id, date, reference_no, description, updated_at)
select 'x' || c || '_' || m || '_' || k, 't1', 'c' || c,
    date_trunc('month', now()) - make_interval(months => m)
        + make_interval(days => k % 27, hours => 9 + k % 9),
    'R' || c || '-' || m || '-' || k, 'Ödeme ' || k, now()
from generate_series(1, :companies) c, generate_series(0, :months - 1) m,
    generate_series(1, :per_month) k;
insert into transaction_lines
    (id, tenant_id, transaction_id, ledger_account_id, debit_amount, credit_amount, updated_at)
select t.id || s.s, 't1', t.id, 'la' || (1 + (h + s.s * 3) % 8),
    case when s.s = 0 then a else 0 end, case when s.s = 1 then a else 0 end, now()
from (
    select id, abs(hashtext(id))::bigint as h,
        round((power(10, 1 + 4.0 * (abs(hashtext(id)) % 10007) / 10007.0))::numeric, 2) as a
    from transactions
) t, (values (0), (1)) s (s);
insert into invoices
    (id, tenant_id, client_company_id, external_id, type, issue_date, due_date, total_amount,
     tax_amount, net_amount, counterparty_name, counterparty_tax_number, status, updated_at)
select 'i' || c || '_' || m || '_' || k, 't1', 'c' || c, 'F' || c || '-' || m || '-' || k, 'SATIŞ',
    now() - make_interval(months => m, days => k),
    now() - make_interval(months => m, days => k) + interval '30 days',
    round(1200.0 * k + c + 0.37, 2), round(200.0 * k, 2), round(1000.0 * k + c + 0.37, 2),
    'Müşteri ' || (k % 5), '98765432' || (10 + k % 5), 'kesildi', now()
from generate_series(1, :companies) c, generate_series(0, :months - 1) m, generate_series(1, 5) k;
