"""What a new data package starts with: placeholder figures of an example province, to be written over."""

LABELS = {
    "province_vi": "Tỉnh Ví dụ",
    "province_en": "Example province",
    "decision": "0/QĐ-UBND",
    "date": "2025-01-15",
    "main_document": "plan",
    "first_year": 2025,
    "last_year": 2027,
    "title_vi": "Kế hoạch giảm nghèo của tỉnh Ví dụ giai đoạn 2025-2027 (số liệu giả định)",
    "title_en": "Poverty-reduction plan of Example province 2025-2027 (placeholder figures)",
}

FILES = {
    "poverty.csv": """\
as_of,as_stated,group,status,poverty_line,households,rate_pct,persons,document,locator
2021-12-31,cuối năm 2021,all,poor,example_line,9500,9.50,,plan,placeholder
2022-12-31,cuối năm 2022,all,poor,example_line,8120,8.12,,plan,placeholder
2023-12-31,cuối năm 2023,all,poor,example_line,6930,6.93,,plan,placeholder
2023-12-31,cuối năm 2023,all,near_poor,example_line,6010,6.01,,plan,placeholder
2024-12-31,cuối năm 2024,all,poor,example_line,5880,5.88,23500,plan,placeholder
2024-12-31,cuối năm 2024,all,near_poor,example_line,5620,5.62,22100,plan,placeholder
""",
    "lines.csv": """\
poverty_line,area,poor_vnd_month,near_poor_vnd_month,valid_from,valid_to,legal_basis
example_line,rural,1000000,1300000,2021-01-01,,line_law
example_line,urban,1250000,1625000,2021-01-01,,line_law
""",
    "targets.csv": """\
target,group,status,comparator,value_pct,as_of,pace_low_pp,pace_high_pp,locator,what,name_vi,name_en
poor_2027,all,poor,<,3,2027-12-31,1,,placeholder,poor_households,Hộ nghèo dưới 3 %,Fewer than 3 % poor
near_poor_2027,all,near_poor,<=,4,2027-12-31,,,placeholder,near_poor_households,Cận nghèo 4 %,4 % near-poor
""",
    "budget.csv": """\
line,kind_table,kind_text,name_vi,name_en,central,provincial,mobilised,annual,total_3y,channel,group,locator
credit,policy,policy,Tín dụng ưu đãi,Preferential credit,40,5,5,50,150,credit,all,placeholder
health,policy,policy,Thẻ bảo hiểm y tế,Health-insurance cards,30,10,0,40,120,cost_relief,all,placeholder
training,project,project,Dạy nghề,Vocational training,4,1,0,5,15,training,all,placeholder
""",
    "measures.csv": """\
line,what,quantity,unit,per,unit_cost_vnd,locator
credit,households_borrowing,2000,household,year,25000000,placeholder
health,health_cards,40000,card,year,,placeholder
""",
    "agencies.csv": """\
line,agency_vi,agency_en,role,as_stated,locator
credit,Ngân hàng Chính sách xã hội tỉnh,Bank for Social Policies,lead,Cơ quan chủ trì,placeholder
""",
    "documents.csv": """\
document,title,issuer,date,url,licence,accessed
plan,Kế hoạch giảm nghèo (ví dụ),UBND tỉnh Ví dụ,2025-01-15,,public domain (legal text),
line_law,Văn bản quy định chuẩn nghèo (ví dụ),Ví dụ,,,public domain (legal text),
""",
    "scenarios/training_first.yml": """\
# What if, at the same total, training gets half as much again?
title: {vi: Ưu tiên dạy nghề, en: Training first}
funding:
  by_line: {training: 1.5}
  keep_total: true
""",
}
